"""Fixes of findings as suggested changes of GitHub, which a person takes over with a click.

In: the document of `fwc check --format json`. Out: comments of a review, as GitHub's API takes them. GitHub shows a suggestion
only at lines of a pull request's own difference, so that others are left out; each replaces whole lines."""

import hashlib
import re
from typing import Callable, Dict, Iterator, List, Optional, Set, Tuple

# More than a person would look at. The rest comes with the next run.
MOST_COMMENTS = 20
MOST_LINES = 30


def comments(document: dict, lines_of: Callable[[str], Optional[List[str]]], changed: Callable[[str], Set[int]]) -> Iterator[dict]:
    """A comment for the first fix of each finding, where all of it is in changed lines of one file."""
    for finding in document.get("diagnostics") or []:
        for fix in finding.get("fixes") or []:
            found = suggestion(fix, lines_of)
            if found is not None:
                path, first, last, text = found
                if set(range(first, last + 1)) <= changed(path):
                    yield comment(finding, fix, path, first, last, text)
                break


def suggestion(fix: dict, lines_of: Callable[[str], Optional[List[str]]]) -> Optional[Tuple[str, int, int, str]]:
    """The file, the first and the last line that are replaced, and by what; none where no suggestion can say it."""
    edits = fix.get("edits") or []
    paths = {edit["file"] for edit in edits}
    if fix.get("applicability") == "display" or len(paths) != 1:
        return None
    path = paths.pop()
    lines = lines_of(path)
    first, last = min(edit["line"] for edit in edits), max(edit["endLine"] for edit in edits)
    if lines is None or last - first >= MOST_LINES or last > len(lines):
        return None
    text = "\n".join(lines[first - 1 : last])
    starts = [0]
    for line in lines[first - 1 : last]:
        starts.append(starts[-1] + len(line) + 1)
    place = lambda line, column: starts[line - first] + column - 1
    for edit in sorted(edits, key=lambda edit: (edit["line"], edit["column"]), reverse=True):
        start, end = place(edit["line"], edit["column"]), place(edit["endLine"], edit["endColumn"])
        text = text[:start] + edit["text"] + text[end:]
    return path, first, last, text


def comment(finding: dict, fix: dict, path: str, first: int, last: int, text: str) -> dict:
    """A comment of a review. The marker tells it from others, and a suggestion that is there already from a new one."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    told = f"**{finding['code']}** {inert(finding['message'])}: {inert(fix['message'])}"
    marker = hashlib.sha256(repr((path, finding["code"], told, text)).encode()).hexdigest()[:16]
    where: Dict[str, object] = {"path": path, "line": last, "side": "RIGHT"}
    if first < last:
        where.update(start_line=first, start_side="RIGHT")
    return {**where, "body": f"<!-- fwc fix {marker} -->\n{told}\n{fence}suggestion\n{text}\n{fence}\n"}


def inert(text: str) -> str:
    """A text of an input as Markdown that is only text: no markup, no link, nobody who is called."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;").replace("#", "&#35;")
    return re.sub(r"([\\*_\[\]!|~])", r"\\\1", " ".join(escaped.split()))


def changed_lines(difference: str) -> Set[int]:
    """The lines of the new side that a unified difference of one file shows."""
    lines: Set[int] = set()
    for start, count in re.findall(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", difference, re.MULTILINE):
        lines.update(range(int(start), int(start) + int(count or "1")))
    return lines


def new_ones(found: Iterator[dict], bodies: Set[str]) -> List[dict]:
    """Those that no comment says already, by their markers; no more than a person looks at."""
    marker = lambda body: body.split("\n", 1)[0]
    known = {marker(body) for body in bodies}
    fresh: List[dict] = []
    for one in found:
        if marker(one["body"]) not in known and len(fresh) < MOST_COMMENTS:
            known.add(marker(one["body"]))
            fresh.append(one)
    return fresh
