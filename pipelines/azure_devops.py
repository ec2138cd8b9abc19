"""The script of the template for Azure Pipelines: `shared.run`, with one thread on the pull request, variables and a summary."""

import os
import pathlib
import sys
from typing import Optional, Tuple

import shared
from shared import Api, Host, Outcome, Trouble, given, required

VERSION = "api-version=7.1"


def main() -> int:
    return shared.finish(HOST, work)


def work() -> Outcome:
    request = shared.request_of_inputs(HOST, "AGENT_TEMPDIRECTORY")
    request.base = find_base()
    outcome = shared.run(request)
    set_variables(outcome)
    if outcome.comment and outcome.is_news:
        upload_summary(outcome.files["comment"])
    number = os.environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
    # The account of the build may lack the right to contribute to pull requests; the summary has the page all the same.
    shared.write(HOST, "the thread", outcome, number, lambda: post(number, outcome, shared.marker(request.source)))
    return outcome


def find_base() -> str:
    """The input `base`; else where a pull request branched off its target; else none."""
    if given("BASE"):
        return shared.short(given("BASE"))
    target = os.environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH", "")
    return shared.merge_base("origin/" + target.removeprefix("refs/heads/")) if target else ""


def post(number: str, outcome: Outcome, marker: str) -> None:
    """Edits the thread of an earlier run, or opens one. It is active while the gate fails, and closed otherwise, so that a
    branch policy on open threads stops nothing but a change that fails."""
    if required("BUILD_REPOSITORY_PROVIDER") != "TfsGit":
        raise Trouble("the repository is not in Azure Repos, so its pull requests have no threads there")
    api = Api(required("SYSTEM_COLLECTIONURI"), headers())
    repository = f"/{required('SYSTEM_TEAMPROJECTID')}/_apis/git/repositories/{required('BUILD_REPOSITORY_ID')}"
    threads = f"{repository}/pullRequests/{number}/threads"
    status = "active" if outcome.gate == "failed" else "closed"
    thread, own, earlier = find(api, threads, marker)

    def create() -> None:
        comment = {"parentCommentId": 0, "content": outcome.comment, "commentType": "text"}
        api.call("POST", f"{threads}?{VERSION}", {"comments": [comment], "status": status})

    def edit() -> None:
        api.call("PATCH", f"{threads}/{thread}/comments/{own}?{VERSION}", {"content": outcome.comment})
        api.call("PATCH", f"{threads}/{thread}?{VERSION}", {"status": status})

    shared.post(outcome, earlier, create, edit)


def headers() -> dict:
    token = os.environ.get("SYSTEM_ACCESSTOKEN", "")
    if not token:
        raise Trouble("SYSTEM_ACCESSTOKEN is not set")
    return {"Authorization": f"Bearer {token}"}


def find(api: Api, threads: str, marker: str) -> Tuple[int, int, Optional[str]]:
    """The thread whose first comment has the marker and was written by this account: anybody may write the marker."""
    own = api.call("GET", f"/_apis/connectionData?{VERSION}-preview")["authenticatedUser"]["id"]
    for thread in api.call("GET", f"{threads}?{VERSION}")["value"]:
        comments = [] if thread.get("isDeleted") else thread.get("comments") or []
        for comment in comments[:1]:
            text = comment.get("content") or ""
            if text.startswith(marker) and comment["author"]["id"] == own and not comment.get("isDeleted"):
                return int(thread["id"]), int(comment["id"]), text
    return 0, 0, None


def set_variables(outcome: Outcome) -> None:
    """Paths and flags for later steps, as output variables of this step."""
    for name, value in shared.outputs(outcome).items():
        print(f"##vso[task.setvariable variable={name};isOutput=true]{escaped(value)}")


def upload_summary(page: pathlib.Path) -> None:
    """Shows a page on the summary of the run."""
    print(f"##vso[task.uploadsummary]{escaped(str(page.resolve()))}")


def escaped(text: str) -> str:
    """Text of a command, whose end is the end of the line."""
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def annotate(level: str, text: str) -> None:
    print(f"##vso[task.logissue type={level}]{escaped(text)}")


# Azure DevOps takes comments of at most 150,000 characters.
HOST = Host(
    annotations="azure-pipelines",
    name="azure-devops",
    characters=150_000,
    error=lambda text: annotate("error", text),
    warning=lambda text: annotate("warning", text),
)

if __name__ == "__main__":
    sys.exit(main())
