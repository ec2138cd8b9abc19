"""What a pipeline does with one source, wherever it runs: check, test, diff against the base, plan.

In: a `Request`. Out: files in its output folder, annotations on standard output, and an `Outcome` with what failed and the
comment for the pull request. Who runs the pipeline (`github.py`, `azure_devops.py`) finds the base, posts the comment and
ends with the status. Python 3.9 or later, without packages."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional

# Environment variables with a credential. fwc needs none, so it is given none.
CREDENTIALS = ("INPUT_TOKEN", "SYSTEM_ACCESSTOKEN")
FLAGS = ("equivalent", "widened", "narrowed", "weakened")
LISTS = ("changes", "settings", "routes", "guards", "upkeep", "structure")


@dataclass
class Host:
    """Where the pipeline runs: its names in fwc, how much a comment may hold, and how it is told of a failure."""

    annotations: str
    name: str
    characters: int
    error: Callable[[str], None]
    warning: Callable[[str], None]


@dataclass
class Request:
    """The inputs of a run; an empty text is an input that was not given."""

    host: Host
    output: pathlib.Path
    fwc: str = "fwc"
    source: str = "egress.pol"
    base: str = ""
    fail_on: str = ""
    approved: str = ""
    check_fail_on: str = ""
    strict: bool = False
    deployed: str = ""
    arguments: List[str] = field(default_factory=list)


@dataclass
class Outcome:
    """What failed, a sentence each; files by what they are; flags of the difference; the comment, where there is one."""

    failures: List[str] = field(default_factory=list)
    files: Dict[str, pathlib.Path] = field(default_factory=dict)
    flags: Dict[str, str] = field(default_factory=dict)
    # The document of `check`, with its fixes.
    findings: dict = field(default_factory=dict)
    comment: Optional[str] = None
    # Whether the comment is worth a new one; without it, only a comment that is there already is edited.
    is_news: bool = False
    gate: str = ""


class Trouble(Exception):
    """What keeps a run from going on, as a sentence for the user."""


def given(name: str) -> str:
    """An input of the action or the template."""
    return os.environ.get("INPUT_" + name, "").strip()


def required(name: str) -> str:
    """A variable that the host of the pipeline sets."""
    value = os.environ.get(name, "")
    if not value:
        raise Trouble(f"the environment variable {name} is not set")
    return value


def request_of_inputs(host: Host, temporary: str) -> Request:
    """The inputs that both hosts have under the same names, with a folder for the files in that of the variable `temporary`
    unless one is given; the base is for the caller to find."""
    output = pathlib.Path(given("OUTPUT") or os.path.join(required(temporary), "fwc"))
    strict = given("STRICT").lower()
    if strict not in ("", "true", "false"):
        raise Trouble(f"strict: expected `true` or `false`, found `{strict}`")
    return Request(
        host=host,
        output=output,
        fwc=given("FWC") or "fwc",
        source=given("SOURCE") or "egress.pol",
        fail_on=given("FAIL_ON"),
        approved=given("APPROVED"),
        check_fail_on=given("CHECK_FAIL_ON"),
        strict=strict == "true",
        deployed=given("DEPLOYED"),
        arguments=[line.strip() for line in given("ARGUMENTS").splitlines() if line.strip()],
    )


def run(request: Request) -> Outcome:
    """All steps, each run whatever became of the others."""
    outcome = Outcome()
    request.output.mkdir(parents=True, exist_ok=True)
    check(request, outcome)
    test(request, outcome)
    diff(request, outcome)
    plan(request, outcome)
    return outcome


def check(request: Request, outcome: Outcome) -> None:
    """Findings as annotations, and as a SARIF file."""
    gate = option("--fail-on", request.check_fail_on)
    sarif = fwc(request, "check", "--format", "sarif", *gate, source=request.source)
    save(outcome, "sarif", request.output / "check.sarif", sarif.stdout)
    annotations = fwc(request, "check", "--format", request.host.annotations, *gate, source=request.source)
    sys.stdout.write(annotations.stdout)
    document = fwc(request, "check", "--format", "json", *gate, source=request.source)
    outcome.findings = parsed(document.stdout)
    if sarif.returncode != 0:
        show(sarif.stderr)
        outcome.failures.append(f"check: `{request.source}` has errors, or findings that `check-fail-on` names")


def parsed(text: str) -> dict:
    """A document of fwc; empty where it printed none, as for a source that it cannot read."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def test(request: Request, outcome: Outcome) -> None:
    """Every expectation of a source, printed and as JUnit's XML; artefacts have no expectations."""
    if not request.source.endswith(".pol"):
        return
    strict = ["--strict"] if request.strict else []
    junit = fwc(request, "test", "--format", "junit", *strict, source=request.source)
    save(outcome, "junit", request.output / "test.junit.xml", junit.stdout)
    text = fwc(request, "test", *strict, source=request.source)
    show(text.stdout)
    show(text.stderr)
    if text.returncode != 0:
        outcome.failures.append(f"test: an expectation of `{request.source}` fails, or could not be decided")


def diff(request: Request, outcome: Outcome) -> None:
    """The difference to the base as JSON, as annotations and as a comment; the gate goes by the status of fwc."""
    if not request.base:
        return show("no base revision: the difference is left out")
    old = f"{request.base}:./{relative(request.source)}"
    if git("cat-file", "-e", old).returncode != 0:
        return tell_new(request, outcome)
    gate = option("--fail-on", request.fail_on) + option("--approved", request.approved)
    document = fwc(request, "diff", "--format", "json", old=old, source=request.source)
    if document.returncode != 0:
        show(document.stderr)
        outcome.failures.append(f"diff: `{old}` and `{request.source}` could not be compared")
        text = f"`{request.source}` could not be compared with `{request.base}`: the log of the pipeline says why."
        return comment(request, outcome, text, is_news=True)
    save(outcome, "diff", request.output / "diff.json", document.stdout)
    found = json.loads(document.stdout)
    outcome.flags = {flag: "true" if found.get(flag) else "false" for flag in FLAGS}
    page = fwc(request, "diff", "--format", "markdown", "--host", request.host.name, *gate, old=old, source=request.source)
    annotations = fwc(request, "diff", "--format", request.host.annotations, *gate, old=old, source=request.source)
    sys.stdout.write(annotations.stdout)
    judge(request, outcome, page)
    comment(request, outcome, page.stdout, is_news=any(found.get(name) for name in LISTS))


def relative(source: str) -> str:
    """The source as git takes it after `REV:./`."""
    try:
        return os.path.relpath(source).replace(os.sep, "/")
    except ValueError as error:
        raise Trouble(f"`{source}` is not below the working folder") from error


def judge(request: Request, outcome: Outcome, page: "subprocess.CompletedProcess[str]") -> None:
    """The gate: met (1), not met (0), or not to be judged, as with an unreadable file of approvals."""
    if page.returncode == 0:
        outcome.gate = "passed"
        return
    outcome.gate = "failed"
    if page.returncode == 1:
        outcome.failures.append(f"diff: the change meets the gate `{request.fail_on}`")
    else:
        show(page.stderr)
        outcome.failures.append("diff: the gate could not be judged")


def tell_new(request: Request, outcome: Outcome) -> None:
    """A source that the base does not have: nothing to compare with, so that no gate can be said to hold."""
    text = f"`{request.source}` is not in the base revision `{request.base}`: everything that it allows is new."
    show(text)
    if request.fail_on not in ("", "never"):
        outcome.gate = "failed"
        outcome.failures.append(f"diff: {text} The gate `{request.fail_on}` counts as met")
    comment(request, outcome, text, is_news=True)


def comment(request: Request, outcome: Outcome, page: str, is_news: bool) -> None:
    """The comment: a marker to find it by, the page, what became of the gate; together as long as the host takes."""
    notes = {"failed": f"\n**The gate `{request.fail_on or 'never'}` failed.**\n", "passed": "", "": ""}
    head, foot = marker(request.source) + "\n", notes[outcome.gate]
    outcome.comment = head + shortened(page, request.host.characters - len(head) - len(foot)) + foot
    outcome.is_news = is_news
    save(outcome, "comment", request.output / "comment.md", outcome.comment)


def plan(request: Request, outcome: Outcome) -> None:
    """From what is deployed to the source: the script, the way back and the list for people."""
    if not request.deployed:
        return
    back = request.output / "rollback.sh"
    deployed = ("--deployed", request.deployed)
    script = fwc(request, "plan", "--format", "script", "--rollback", str(back), *deployed, source=request.source)
    if script.returncode != 0:
        show(script.stderr)
        outcome.failures.append(f"plan: there is none from `{request.deployed}` to `{request.source}`")
        return
    save(outcome, "plan", request.output / "plan.sh", script.stdout)
    outcome.files["rollback"] = back
    text = fwc(request, "plan", *deployed, source=request.source)
    save(outcome, "plan-text", request.output / "plan.txt", text.stdout)
    show(text.stdout)


def marker(source: str) -> str:
    """The line that a comment is found by. A hash, because a path may hold what ends an HTML comment."""
    return f"<!-- fwc diff {hashlib.sha256(source.encode()).hexdigest()[:16]} -->"


def shortened(page: str, room: int) -> str:
    """The page, cut after a line where it is too long. fwc cuts to the limit already; what is added here takes room too."""
    if len(page) <= room:
        return page
    notice = "\n> **Cut:** the rest would not fit; the output folder of the pipeline has `diff.json`.\n"
    closing = "\n</details>\n"
    kept = page[: max(room - len(notice) - len(closing), 0)].rpartition("\n")[0]
    is_open = kept.count("<details>") > kept.count("</details>")
    return kept + (closing if is_open else "") + notice


def fwc(request: Request, *arguments: str, source: str, old: str = "") -> "subprocess.CompletedProcess[str]":
    """Runs a command of fwc. What begins with a hyphen after `--` is a file and no option."""
    environment = {name: value for name, value in os.environ.items() if name not in CREDENTIALS}
    inputs = [old, source] if old else [source]
    command = [request.fwc, *arguments, *request.arguments, "--", *inputs]
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", env=environment)
    except OSError as error:
        raise Trouble(f"cannot run `{request.fwc}`: {error.strerror}; install fwc first, or state its `version`") from error


def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs git in the working folder."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, encoding="utf-8", errors="replace")
    except OSError as error:
        raise Trouble(f"cannot run git: {error.strerror}") from error


def merge_base(revision: str) -> str:
    """Where the branch left `revision`, shortened, so that commits of the base branch are no part of the difference."""
    found = git("merge-base", short(revision), "HEAD")
    if found.returncode != 0:
        raise Trouble(f"git knows no common ancestor of `{revision}` and HEAD: check out the whole history (fetch depth 0)")
    return short(found.stdout.strip())


def short(revision: str) -> str:
    """A commit as git shortens it. A text that is no revision is an error, and never an option of git."""
    found = git("rev-parse", "--verify", "--quiet", "--short=12", "--end-of-options", revision + "^{commit}")
    if found.returncode != 0:
        raise Trouble(f"git knows no commit `{revision}`: check out the whole history (fetch depth 0)")
    return found.stdout.strip()


def option(name: str, value: str) -> List[str]:
    """An option with its value in one word, so that no value is read as an option."""
    return [f"{name}={value}"] if value else []


def save(outcome: Outcome, name: str, path: pathlib.Path, text: str) -> None:
    """Writes a file with the bytes that fwc printed, and notes it."""
    path.write_bytes(text.encode("utf-8"))
    outcome.files[name] = path


def show(text: str) -> None:
    """Prints text for people so that no line of it is a command of the pipeline."""
    for line in text.splitlines():
        print("| " + line.replace("##", "# #"))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """urllib takes the headers along to wherever a redirect leads, the credential among them."""

    def redirect_request(self, *_: object) -> None:
        return None


class Api:
    """JSON over HTTP with a credential in a header."""

    def __init__(self, root: str, headers: Dict[str, str]):
        self.root = root.rstrip("/")
        self.headers = {"Content-Type": "application/json", "User-Agent": "fwc", **headers}
        self.opener = urllib.request.build_opener(NoRedirect)

    def call(self, method: str, path: str, body: object = None) -> object:
        """What the server answers, or `Trouble` with its status; no part of the request is repeated in it."""
        data = None if body is None else json.dumps(body).encode("utf-8")
        request = urllib.request.Request(self.root + path, data=data, headers=self.headers, method=method)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Trouble(f"{method} {path.split('?')[0]}: HTTP status {error.code}") from error
        except (OSError, ValueError) as error:
            raise Trouble(f"{method} {path.split('?')[0]}: {error}") from error


def outputs(outcome: Outcome) -> Dict[str, str]:
    """What later steps are told: where the files are, the flags of the difference, the gate."""
    files = {name: str(path.resolve()) for name, path in outcome.files.items()}
    return {**files, **outcome.flags, "gate": outcome.gate}


def post(outcome: Outcome, earlier: Optional[str], create: Callable[[], object], edit: Callable[[], object]) -> None:
    """Edits what an earlier run wrote, where that is another text, or writes something new, where there is anything to tell."""
    if earlier is None:
        if outcome.is_news:
            create()
    elif earlier != outcome.comment:
        edit()


def write(host: Host, what: str, outcome: Outcome, number: str, work: Callable[[], None]) -> None:
    """Writes a comment or thread, where there is a pull request and the input `comment` lets it. Where that fails the user is
    warned, and no more: the gate does not depend on it."""
    if not outcome.comment or not number or given("COMMENT").lower() == "false":
        return
    try:
        work()
    except Trouble as trouble:
        host.warning(f"{what} was not written: {trouble}")
    except (AttributeError, KeyError, TypeError, ValueError):
        host.warning(f"{what} was not written: the answer of the server has another form than expected")


def finish(host: Host, work: Callable[[], Outcome]) -> int:
    """The exit status: 0, or 1 where anything failed, each failure told as an error of the host."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    try:
        failures = work().failures
    except Trouble as trouble:
        failures = [str(trouble)]
    for failure in failures:
        host.error(failure)
    return 1 if failures else 0
