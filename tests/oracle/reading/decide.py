"""What a policy does with one flow: the first match in Azure's order, in every world that is possible.

A world says of each opaque set whether it holds the flow, and of each unknown condition whether it holds. Where the
worlds differ, or the addresses that a name may have, the verdict is `depends`.
"""

import itertools
import re
from dataclasses import dataclass

from rules import EVERY_PORT, range_of

_NOT_INTERNET = [
    range_of(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 240.0.0.0/4"
    ).split()
]

# No service tag holds a private or a link-local address.
_UNTAGGED = [
    range_of(text) for text in "10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16".split()
]


@dataclass
class Flow:
    source: int
    # An address or `None`, and a name or `None`; one of the two is given.
    address: int | None
    name: str | None
    # Of `tcp`, `udp`, `icmp` and `proto`, with a port or a protocol's number.
    transport: str
    port: int
    # Of `http`, `https`, `mssql` and `None`.
    application: str | None
    path: str | None = None


def verdict(policy, bases, flow):
    """`allow`, `deny` or `depends`, and the names of the rule that decides where only one can."""
    found = set()
    addresses = [flow.address] if flow.address is not None else list(_addresses_of_a_name(policy, bases))
    for order in _orders(policy, bases):
        for address in addresses:
            found |= set(_worlds(order, flow, address))
    verdicts = {allowed for allowed, _ in found}
    deciders = {rule for _, rule in found}
    return (
        "depends" if len(verdicts) > 1 else verdicts.pop(),
        deciders.pop() if len(deciders) == 1 else None,
    )


def _addresses_of_a_name(policy, bases):
    """One address of each part of the Internet that the policy's rules tell apart."""
    cuts = {0}
    rules = [rule for each in (policy, *bases) for rule in each.rules()]
    ranges = [addresses for rule in rules for addresses in rule.destinations.ranges]
    for first, last in [*ranges, *_NOT_INTERNET]:
        cuts |= {first, last + 1}
    return (cut for cut in sorted(cuts) if cut < 2**32 and not _within(cut, _NOT_INTERNET))


def _within(value, ranges):
    return any(first <= value <= last for first, last in ranges)


# Azure's order


def _orders(policy, bases):
    """The lists of conditions and rules in Azure's order; several where priorities are equal."""
    levels = [*bases, policy]
    ties = [_ties(level) for level in levels]
    for choice in itertools.islice(itertools.product(*ties), 64):
        groups = [group for level in choice for group in level]
        yield [
            (conditions, collection, rule)
            for kind in ("dnat", "network", "application")
            for conditions, collections in groups
            for collection in collections
            for rule in collection.rules
            if rule.kind == kind
        ]


def _ties(policy):
    """The orders of a policy's groups and, in each, of its collections."""
    for groups in _sorted(policy.groups):
        options = [list(_sorted(group.collections)) for group in groups]
        for collections in itertools.product(*options):
            yield [((*policy.conditions, *group.conditions), chosen) for group, chosen in zip(groups, collections)]


def _sorted(items):
    runs = [list(run) for _, run in itertools.groupby(sorted(items, key=_priority), key=_priority)]
    for choice in itertools.product(*(itertools.permutations(run) for run in runs)):
        yield [item for run in choice for item in run]


def _priority(item):
    return item.priority


# Worlds


def _worlds(order, flow, address, world=None, start=0):
    """Each verdict that is possible, with the rule that gives it."""
    world = world or {}
    for at in range(start, len(order)):
        conditions, collection, rule = order[at]
        parts = _parts(conditions, rule, flow, address)
        answer, open_atom = _answer(parts, world)
        if answer is None:
            for holds in (True, False):
                yield from _worlds(order, flow, address, {**world, open_atom: holds}, at)
            return
        if answer:
            yield ("deny" if rule.action == "deny" else "allow", (collection.name, rule.name))
            return
    yield ("deny", None)


def _answer(parts, world):
    """Whether all parts hold in a world, or the atom that has to be known first."""
    unknown = None
    for part in parts:
        if part is True:
            continue
        values = [_value(atom, world) for atom in part] if part else []
        if any(value is True for value in values):
            continue
        if all(value is False for value in values):
            return False, None
        unknown = unknown or part[values.index(None)]
    return (True, None) if unknown is None else (None, unknown)


def _value(atom, world):
    """What a world says of an atom; a region's tag lies in its tag."""
    if atom in world:
        return world[atom]
    if atom.startswith("tag "):
        tag = atom.split(".")[0]
        if world.get(tag) is False:
            return False
        if tag == atom and any(holds and other.startswith(f"{tag}.") for other, holds in world.items()):
            return True
    return None


# One rule


def _parts(conditions, rule, flow, address):
    """What must hold for a rule to match: each part is true, or a list of atoms of which one must hold."""
    parts = [[f"condition {text}"] for text in conditions]
    parts.append(_part(flow.source, rule.sources))
    if rule.kind == "application":
        parts += [_part(address, rule.destinations), _application(rule, flow), _host(rule, flow)]
    else:
        parts += [_destination(rule, flow, address), _service(rule, flow)]
    return parts


def _part(value, addresses):
    if _within(value, addresses.ranges):
        return True
    untagged = _within(value, _UNTAGGED)
    return [atom for atom in addresses.opaque if not (untagged and re.fullmatch(r"tag \w+(\.\w+)?", atom))]


def _destination(rule, flow, address):
    part = _part(address, rule.destinations)
    if part is True or (flow.name and flow.name in rule.names):
        return True
    return [*part, *(f"name {name}" for name in rule.names)]


def _service(rule, flow):
    """Whether protocols and ports match; ports other than all of them make `Any` TCP and UDP."""
    every = EVERY_PORT in rule.ports
    if flow.transport in ("tcp", "udp"):
        protocol = flow.transport in rule.protocols or "any" in rule.protocols
        return True if protocol and _within(flow.port, rule.ports) else []
    stated = flow.transport == "icmp" and "icmp" in rule.protocols
    return True if stated or ("any" in rule.protocols and every) else []


def _application(rule, flow):
    return True if flow.name and (flow.application, flow.port) in rule.applications else []


def _host(rule, flow):
    part = [] if flow.name is None else _targets(rule, flow)
    return [f"one kind of the targets of {rule.name} is enough"] if part is True and rule.kinds > 1 else part


def _targets(rule, flow):
    if any(_matches(pattern, flow.name) for pattern in rule.hosts):
        return True
    open_path = False
    for url in rule.urls:
        answer = _url(url, flow)
        if answer is True:
            return True
        open_path = open_path or answer is None
    return rule.opaque_hosts + (["path"] if open_path else [])


def _matches(pattern, name):
    """`*.x` is every name that ends with `.x`, and `*x` every name that ends with `x`."""
    return name.endswith(pattern[1:]) if pattern.startswith("*") else name == pattern


def _url(url, flow):
    """Whether a URL without scheme matches; `None` where the flow has no path and the URL asks for one."""
    host, slash, path = url.partition("/")
    if not _matches(host.lower(), flow.name):
        return False
    if slash + path == "/*":
        return True
    if flow.path is None:
        return None
    asked = flow.path.partition("?")[0]
    if path.endswith("*"):
        return asked.startswith(f"/{path[:-1]}")
    return asked.rstrip("/") == f"/{path}".rstrip("/")
