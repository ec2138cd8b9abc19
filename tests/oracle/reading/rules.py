"""Rules as what they match: ranges of addresses and ports, and opaque sets by their names."""

import re
from dataclasses import dataclass, field

from template import Unknown

EVERY_ADDRESS = (0, 2**32 - 1)
EVERY_PORT = (0, 65535)


@dataclass
class Addresses:
    """Addresses that are known, and the names of sets that are not."""

    ranges: list = field(default_factory=list)
    opaque: list = field(default_factory=list)


@dataclass
class Rule:
    kind: str
    action: str
    name: str
    sources: Addresses
    # Of an application rule that states none: every address.
    destinations: Addresses
    ports: list
    # Of a network or DNAT rule: words of Azure, in lower case.
    protocols: list
    # Of an application rule: pairs of protocol and port.
    applications: list = field(default_factory=list)
    # Host names of a network rule.
    names: list = field(default_factory=list)
    hosts: list = field(default_factory=list)
    urls: list = field(default_factory=list)
    # FQDN tags, web categories, and what is not known of hosts.
    opaque_hosts: list = field(default_factory=list)
    # How many kinds of targets are stated; Microsoft wants one, and no page says what several mean.
    kinds: int = 0


def rules_of(stated, action, ip_groups, classic):
    return [_rule(rule, action, ip_groups, classic) for rule in stated if isinstance(rule, dict)]


def _rule(stated, action, ip_groups, classic):
    lower = {key.lower(): value for key, value in stated.items()}
    kind = classic or {"applicationrule": "application", "networkrule": "network", "natrule": "dnat"}.get(
        str(lower.get("ruletype")).lower(), "network"
    )
    sources = _addresses(lower, "sourceaddresses", "sourceipgroups", "source", ip_groups)
    destinations = _addresses(lower, "destinationaddresses", "destinationipgroups", "tag", ip_groups)
    rule = Rule(kind, action, str(lower.get("name")), sources, destinations, [], [])
    (_application if kind == "application" else _network)(rule, lower, classic)
    return rule


def _network(rule, lower, classic):
    protocols = lower.get("protocols" if classic else "ipprotocols") or []
    rule.protocols = [str(word).lower() for word in _list(protocols)]
    rule.ports = [_range_of_ports(str(text)) for text in _list(lower.get("destinationports"))]
    rule.names = [str(name).lower() for name in _list(lower.get("destinationfqdns"))]


def _application(rule, lower, classic):
    if rule.destinations.ranges or rule.destinations.opaque:
        # No page says how they go together with names: HTTP ignores the destination of its packets.
        rule.destinations = Addresses(opaque=[f"destinations of {rule.name}"])
    else:
        rule.destinations = Addresses([EVERY_ADDRESS])
    tags = _list(lower.get("fqdntags"))
    for protocol in _list(lower.get("protocols")):
        rule.applications.append(_protocol({key.lower(): value for key, value in protocol.items()}))
    if classic and tags and not rule.applications:
        rule.applications = [("http", 80), ("https", 443)]
    for host in _list(lower.get("targetfqdns")):
        known = isinstance(host, str)
        (rule.hosts if known else rule.opaque_hosts).append(host.lower() if known else f"host {host}")
    for url in _list(lower.get("targeturls")):
        known = isinstance(url, str)
        (rule.urls if known else rule.opaque_hosts).append(url if known else f"url {url}")
    categories = _list(lower.get("webcategories"))
    rule.opaque_hosts += [f"fqdn-tag {str(tag).lower()}" for tag in tags]
    rule.opaque_hosts += [f"category {str(name).lower()}" for name in categories]
    rule.kinds = sum(map(bool, (_list(lower.get("targetfqdns")), _list(lower.get("targeturls")), tags, categories)))


def _protocol(lower):
    kind = str(lower.get("protocoltype")).lower()
    port = lower.get("port")
    return kind, int(port) if port is not None else {"http": 80, "https": 443, "mssql": 1433}[kind]


def _list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _addresses(lower, key, groups_key, what, ip_groups):
    found = Addresses()
    for entry in _list(lower.get(key)):
        _add(found, entry, what)
    for group in _list(lower.get(groups_key)):
        name = group.text if isinstance(group, Unknown) else str(group)
        members = ip_groups.get(last(group))
        if isinstance(members, list):
            for entry in members:
                _add(found, entry, f"member of {name}")
        else:
            found.opaque.append(f"ip-group {name.lower()}")
    return found


def _add(found, entry, what):
    if isinstance(entry, Unknown):
        found.opaque.append(f"unknown {entry.text}")
        return
    text = str(entry).strip()
    addresses = range_of(text)
    if addresses:
        found.ranges.append(addresses)
    elif ":" not in text:
        found.opaque.append(f"{what} {text.lower()}")


def range_of(text):
    """The first and last address of a text; `None` where it is no IPv4 address, prefix or range."""
    if text in ("*", "Any", "any"):
        return EVERY_ADDRESS
    octets = r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})"
    if found := re.fullmatch(octets, text):
        return number(found[1]), number(found[1])
    if found := re.fullmatch(octets + r"\s*-\s*" + octets, text):
        return number(found[1]), number(found[2])
    if found := re.fullmatch(octets + r"/(\d{1,2})", text):
        size = 2 ** (32 - int(found[2]))
        first = number(found[1]) // size * size
        return first, first + size - 1
    return None


def last(name):
    """The last part of an id or a name, by which resources of one kind are told apart here."""
    return name.text if isinstance(name, Unknown) else str(name).rstrip("/").split("/")[-1].lower()


def number(text):
    value = 0
    for octet in text.split("."):
        value = value * 256 + int(octet)
    return value


def _range_of_ports(text):
    if text == "*":
        return EVERY_PORT
    first, _, last = text.partition("-")
    return int(first), int(last or first)
