"""ARM template expressions: a slow reading of Microsoft's page of template functions, by plain recursion.

What only a deployment knows is an `Unknown`, which carries its own text. Two unknown values are the same value if their
texts are equal, and nothing else is known of them.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[()\[\].,]))")


@dataclass(frozen=True)
class Unknown:
    """A value that only a deployment knows, by the text that states it."""

    text: str


class Missing(Exception):
    """What an expression asks for and the template does not state."""


def parse(text):
    """The tree of an expression: ('text', s), ('number', n), ('call', name, [tree]), ('at', tree, key tree)."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise Missing(f"no expression: {text}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    tree, rest = _value(tokens, 0)
    if rest != len(tokens):
        raise Missing(f"no expression: {text}")
    return tree


def _value(tokens, at):
    kind, text = tokens[at] if at < len(tokens) else (None, "")
    at += 1
    if kind == "text":
        tree = ("text", text[1:-1].replace("''", "'"))
    elif kind == "number":
        tree = ("number", int(text))
    elif kind == "name":
        tree, at = _call(text, tokens, at)
    else:
        raise Missing("no value")
    while at < len(tokens) and tokens[at][1] in (".", "["):
        if tokens[at][1] == ".":
            tree, at = ("at", tree, ("text", tokens[at + 1][1])), at + 2
        else:
            key, at = _value(tokens, at + 1)
            tree, at = ("at", tree, key), at + 1
    return tree, at


def _call(name, tokens, at):
    # The functions of a template's own namespaces are `namespace.function`; none is read here.
    arguments = []
    if at >= len(tokens) or tokens[at][1] != "(":
        raise Missing(f"`{name}` is not called")
    at += 1
    while tokens[at][1] != ")":
        argument, at = _value(tokens, at)
        arguments.append(argument)
        if tokens[at][1] == ",":
            at += 1
    return ("call", name.lower(), arguments), at + 1


class Scope:
    """The parameters and variables of one template, and the loops around."""

    def __init__(self, template, given, loops=None):
        self.parameters = _lower(template.get("parameters") or {})
        self.variables = dict(template.get("variables") or {})
        self.given = _lower(given)
        self.loops = loops or {}
        self._copied_variables()

    def _copied_variables(self):
        for loop in self.variables.pop("copy", []):
            self.variables[loop["name"]] = ("copy", loop)
        self.variables = _lower(self.variables)

    def inside(self, name, index):
        """The scope of one round of a loop."""
        scope = object.__new__(Scope)
        scope.__dict__.update(self.__dict__)
        scope.loops = {**self.loops, name.lower(): index, None: index}
        return scope

    def value(self, stated):
        """What a stated value evaluates to, at any depth."""
        if isinstance(stated, dict):
            return self._object(stated)
        if isinstance(stated, list):
            return [self.value(item) for item in stated]
        if isinstance(stated, str) and stated.startswith("[") and stated.endswith("]"):
            if stated.startswith("[["):
                return stated[1:]
            return self.tree(parse(stated[1:-1]), stated)
        return stated

    def _object(self, stated):
        done = {}
        for key, inner in stated.items():
            if key == "copy" and isinstance(inner, list):
                for loop in inner:
                    done[loop["name"]] = self.rounds(loop)
            else:
                done[key] = self.value(inner)
        return done

    def rounds(self, loop):
        """The list that a `copy` of a property or variable makes."""
        count = self.value(loop["count"])
        if not isinstance(count, int):
            return Unknown(f"copy of {loop['name']}")
        return [self.inside(loop["name"], index).value(loop["input"]) for index in range(count)]

    def tree(self, tree, text):
        kind = tree[0]
        if kind in ("text", "number"):
            return tree[1]
        if kind == "at":
            return self._at(self.tree(tree[1], text), self.tree(tree[2], text), text)
        return self._call(tree[1], tree[2], text)

    @staticmethod
    def _at(value, key, text):
        if isinstance(value, Unknown) or isinstance(key, Unknown):
            return Unknown(text)
        if isinstance(value, dict):
            lower = _lower(value)
            if str(key).lower() not in lower:
                raise Missing(f"no property `{key}`: {text}")
            return lower[str(key).lower()]
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            return value[key]
        raise Missing(f"no item `{key}`: {text}")

    def _call(self, name, arguments, text):
        if name == "if":
            test = self.tree(arguments[0], text)
            if isinstance(test, Unknown):
                return Unknown(text)
            return self.tree(arguments[1 if test else 2], text)
        if name in ("and", "or"):
            return self._junction(name, arguments, text)
        values = [self.tree(argument, text) for argument in arguments]
        if name == "parameters":
            return self._parameter(values[0])
        if name == "variables":
            return self._variable(values[0])
        if name == "copyindex":
            named = values[0].lower() if values and isinstance(values[0], str) else None
            offset = next((value for value in values if isinstance(value, int)), 0)
            return self.loops[named] + offset
        return _apply(name, values, text)

    def _junction(self, name, arguments, text):
        decides = name == "or"
        values = [self.tree(argument, text) for argument in arguments]
        if any(value is decides for value in values):
            return decides
        return Unknown(text) if any(isinstance(value, Unknown) for value in values) else not decides

    def _parameter(self, name):
        key = name.lower()
        if key in self.given:
            return self.given[key]
        declared = self.parameters.get(key)
        if declared is None:
            raise Missing(f"no parameter `{name}`")
        if "defaultValue" not in declared:
            return Unknown(f"parameter {key}")
        return self.value(declared["defaultValue"])

    def _variable(self, name):
        stated = self.variables.get(name.lower())
        if name.lower() not in self.variables:
            raise Missing(f"no variable `{name}`")
        return self.rounds(stated[1]) if isinstance(stated, tuple) else self.value(stated)


def _lower(mapping):
    return {key.lower(): value for key, value in mapping.items()}


def _apply(name, values, text):
    if name in _RESOURCE_IDS:
        return _resource_id(name, values)
    if name not in _PURE or any(_is_unknown(value) for value in values):
        return Unknown(text)
    return _PURE[name](*values)


def _is_unknown(value):
    if isinstance(value, list):
        return any(_is_unknown(item) for item in value)
    if isinstance(value, dict):
        return any(_is_unknown(item) for item in value.values())
    return isinstance(value, Unknown)


_RESOURCE_IDS = ("resourceid", "subscriptionresourceid", "extensionresourceid", "tenantresourceid")


def _resource_id(name, values):
    """An id from its type on; the subscription and the group are left out, since no template here states two."""
    if name == "extensionresourceid":
        values = values[1:]
    first = next((at for at, value in enumerate(values) if isinstance(value, str) and "/" in value), None)
    if first is None:
        return Unknown(f"{name}({values})")
    if values[-1:] and isinstance(values[-1], Unknown):
        return values[-1]
    provider, *types = values[first].split("/")
    pairs = zip(types, values[first + 1 :])
    return f"/providers/{provider}/" + "/".join(f"{kind}/{own}" for kind, own in pairs)


def _format(pattern, *values):
    def said(found):
        return _text(values[int(found[1])])

    return re.sub(r"\{(\d+)(?::[^}]*)?\}", said, pattern).replace("{{", "{").replace("}}", "}")


def _text(value):
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value)


def _concat(*values):
    if isinstance(values[0], list):
        return [item for value in values for item in value]
    return "".join(_text(value) for value in values)


def _union(first, *others):
    if isinstance(first, dict):
        joined = dict(first)
        for other in others:
            for key, value in other.items():
                own = joined.get(key)
                joined[key] = _union(own, value) if isinstance(own, dict) and isinstance(value, dict) else value
        return joined
    joined = []
    for item in [*first, *(item for other in others for item in other)]:
        if item not in joined:
            joined.append(item)
    return joined


def _contains(holder, part):
    if isinstance(holder, dict):
        return part.lower() in _lower(holder)
    return part in holder


def _equals(one, other):
    return type(one) is type(other) and one == other


def _split(text, marks):
    marks = [marks] if isinstance(marks, str) else marks
    return re.split("|".join(re.escape(mark) for mark in marks), text)


def _json(text):
    import json

    return json.loads(text)


# Of the public cloud; what is absent here stays unknown.
_ENVIRONMENT = {"name": "AzureCloud", "suffixes": {"sqlServerHostname": ".database.windows.net", "storage": "core.windows.net"}}

_PURE = {
    "environment": lambda: _ENVIRONMENT,
    "concat": _concat,
    "format": _format,
    "union": _union,
    "contains": _contains,
    "equals": _equals,
    "split": _split,
    "json": _json,
    "not": lambda value: not value,
    "empty": lambda value: value is None or len(value) == 0,
    "length": len,
    "first": lambda value: value[0],
    "last": lambda value: value[-1],
    "take": lambda value, count: value[: max(count, 0)],
    "skip": lambda value, count: value[max(count, 0) :],
    "substring": lambda value, start, count=None: value[start : None if count is None else start + count],
    "replace": lambda value, old, new: value.replace(old, new),
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": str.strip,
    "string": _text,
    "int": int,
    "bool": lambda value: str(value).lower() in ("true", "1"),
    "array": lambda value: value if isinstance(value, list) else [value],
    "createarray": lambda *values: list(values),
    "createobject": lambda *values: dict(zip(values[::2], values[1::2])),
    "null": lambda: None,
    "true": lambda: True,
    "false": lambda: False,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "range": lambda start, count: list(range(start, start + count)),
    "add": lambda one, other: one + other,
    "sub": lambda one, other: one - other,
    "mul": lambda one, other: one * other,
    "min": lambda *values: min(values[0] if isinstance(values[0], list) else values),
    "max": lambda *values: max(values[0] if isinstance(values[0], list) else values),
    "greater": lambda one, other: one > other,
    "greaterorequals": lambda one, other: one >= other,
    "less": lambda one, other: one < other,
    "lessorequals": lambda one, other: one <= other,
    "startswith": lambda value, part: value.lower().startswith(part.lower()),
    "endswith": lambda value, part: value.lower().endswith(part.lower()),
    "indexof": lambda value, part: value.lower().find(part.lower()),
    "join": lambda values, mark: mark.join(_text(value) for value in values),
    "flatten": lambda values: [item for value in values for item in value],
}
