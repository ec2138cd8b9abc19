"""The script of the GitHub action: `shared.run`, with one comment on the pull request, outputs and a summary of the job."""

import json
import os
import pathlib
import sys
from typing import Iterator, List, Optional, Tuple

import shared
import suggestions
from shared import Api, Host, Outcome, Trouble, given, required

PER_PAGE = 100


def main() -> int:
    return shared.finish(HOST, work)


def work() -> Outcome:
    event = read_event()
    request = shared.request_of_inputs(HOST, "RUNNER_TEMP")
    request.base = base_of(event)
    outcome = shared.run(request)
    write_outputs(outcome)
    write_summary(outcome)
    number = str((event.get("pull_request") or {}).get("number") or "")
    # A token of a fork may only read; the summary has the page all the same.
    shared.write(HOST, "the comment", outcome, number, lambda: post(number, outcome, shared.marker(request.source)))
    if request.base and given("SUGGEST").lower() != "false":
        shared.write(HOST, "the review", outcome, number, lambda: suggest(number, request.base, outcome.findings))
    return outcome


def read_event() -> dict:
    path = pathlib.Path(required("GITHUB_EVENT_PATH"))
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(f"cannot read the event at {path}: {error}") from error


def base_of(event: dict) -> str:
    """The input `base`; else where a pull request branched off; else the commit before a push; else none."""
    if given("BASE"):
        return shared.short(given("BASE"))
    pull_request = event.get("pull_request")
    if pull_request:
        return shared.merge_base(pull_request["base"]["sha"])
    try:
        return shared.short(event.get("before") or "")
    except Trouble:
        # The first push of a branch has a commit of zeros before it, a forced one a commit that may be gone.
        return ""


def post(number: str, outcome: Outcome, marker: str) -> None:
    """Edits the comment of an earlier run, or writes one. Without any change, nothing new is written."""
    root = f"/repos/{required('GITHUB_REPOSITORY')}/issues"
    api = Api(required("GITHUB_API_URL"), headers())
    identifier, earlier = find(api, f"{root}/{number}/comments", marker)
    text = {"body": outcome.comment}
    shared.post(
        outcome,
        earlier,
        create=lambda: api.call("POST", f"{root}/{number}/comments", text),
        edit=lambda: api.call("PATCH", f"{root}/comments/{identifier}", text),
    )


def suggest(number: str, base: str, findings: dict) -> None:
    """One review with the fixes that no earlier run has suggested."""
    prefix = shared.git("rev-parse", "--show-prefix").stdout.strip()
    changed = lambda path: suggestions.changed_lines(shared.git("diff", "--no-ext-diff", "--no-textconv", base, "HEAD", "--", path).stdout)
    found = list(suggestions.comments(findings, lines_of, changed))
    if not found:
        return
    api = Api(required("GITHUB_API_URL"), headers())
    root = f"/repos/{required('GITHUB_REPOSITORY')}/pulls/{number}"
    own = {body for _, author, body in all_comments(api, f"{root}/comments") if author == own_author()}
    fresh = suggestions.new_ones(iter(found), own)
    for comment in fresh:
        comment["path"] = os.path.normpath(prefix + comment["path"]).replace(os.sep, "/")
    if fresh:
        api.call("POST", f"{root}/reviews", {"event": "COMMENT", "comments": fresh})


def lines_of(path: str) -> Optional[List[str]]:
    """The lines of a file of the working folder; none of what is elsewhere, or not as GitHub shows it."""
    root = pathlib.Path.cwd().resolve()
    file = pathlib.Path(path)
    try:
        if not file.resolve().is_relative_to(root) or not file.is_file():
            return None
        return file.read_bytes().decode("utf-8").split("\n")
    except (OSError, ValueError):
        return None


def all_comments(api: Api, path: str) -> Iterator[Tuple[int, str, str]]:
    """Each comment: its number, who wrote it, and what."""
    page = 1
    while True:
        comments = api.call("GET", f"{path}?per_page={PER_PAGE}&page={page}")
        if not isinstance(comments, list):
            raise Trouble("the list of comments is not a list")
        for comment in comments:
            yield int(comment["id"]), (comment.get("user") or {}).get("login") or "", comment.get("body") or ""
        if len(comments) < PER_PAGE:
            return
        page += 1


def own_author() -> str:
    """Who writes the comments of the action. Anybody may write its markers, and edit such a comment later."""
    return given("COMMENT_AUTHOR") or "github-actions[bot]"


def headers() -> dict:
    token = os.environ.get("INPUT_TOKEN", "")
    if not token:
        raise Trouble("no `token` is given")
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def find(api: Api, path: str, marker: str) -> Tuple[int, Optional[str]]:
    """The own comment with the marker."""
    for number, author, body in all_comments(api, path):
        if author == own_author() and body.startswith(marker):
            return number, body
    return 0, None


def write_outputs(outcome: Outcome) -> None:
    """Paths and flags for later steps; a line each, so that no value may hold a line break."""
    values = shared.outputs(outcome)
    if any("\n" in value or "\r" in value for value in values.values()):
        raise Trouble("a path of the output folder has a line break")
    append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in values.items()))


def write_summary(outcome: Outcome) -> None:
    if outcome.comment and outcome.is_news:
        append("GITHUB_STEP_SUMMARY", outcome.comment + "\n")


def append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if path:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def annotate(level: str, text: str) -> None:
    """A command of the workflow; the three signs that end or begin one are escaped."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=fwc::{escaped}")


# GitHub takes comments of at most 65,536 characters.
HOST = Host(
    annotations="github",
    name="github",
    characters=65_536,
    error=lambda text: annotate("error", text),
    warning=lambda text: annotate("warning", text),
)

if __name__ == "__main__":
    sys.exit(main())
