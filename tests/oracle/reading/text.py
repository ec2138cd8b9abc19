"""JSON as people keep it: with comments, trailing commas and a byte-order mark."""

import json
import re

_STRING = r'"(?:\\.|[^"\\])*"'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"{_STRING}|,(?=\s*[\]}}])")


def read(path):
    """The document of a file; `None` where it is not JSON."""
    text = path.read_bytes().decode("utf-8-sig")
    for odd in (_COMMENT, _TRAILING_COMMA):
        text = odd.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None
