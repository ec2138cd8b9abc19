"""Flows worth deciding: what the rules name, and its neighbours just outside."""

from decide import Flow
from rules import EVERY_ADDRESS

_PLAIN_HOSTS = ["example.org", "www.example.net"]
_PLAIN_PORTS = [22, 53, 80, 443, 1433, 8080]
_APPLICATION_PORTS = {"http": 80, "https": 443, "mssql": 1433}


def flows_of(policy, bases, random, count):
    """As many flows as asked for, of the rules of a policy and its bases; the same for the same random numbers."""
    rules = [rule for each in (policy, *bases) for rule in each.rules()]
    return [_flow(rules, random) for _ in range(count)] if rules else []


def _flow(rules, random):
    rule, other = random.choice(rules), random.choice(rules)
    source = _address(random, (other if random.random() < 0.2 else rule).sources)
    if rule.kind == "application" or random.random() < 0.1:
        return _of_application(rule, rules, source, random)
    return _of_network(rule, other, source, random)


def _address(random, addresses):
    """An end of a range, something inside, or the neighbour of an end."""
    if not addresses.ranges or random.random() < 0.05:
        return random.choice([0x0A010203, 0xCB007107, 0xC0A80A01, random.randrange(2**32)])
    first, last = random.choice(addresses.ranges)
    if (first, last) == EVERY_ADDRESS:
        return random.randrange(2**32)
    picked = random.choice([first, last, random.randint(first, last), first - 1, last + 1])
    return min(max(picked, 0), 2**32 - 1)


def _port(random, ranges):
    if not ranges or random.random() < 0.1:
        return random.choice(_PLAIN_PORTS)
    first, last = random.choice(ranges)
    picked = random.choice([first, last, random.randint(first, last), first - 1, last + 1])
    return min(max(picked, 1), 65535)


def _of_network(rule, other, source, random):
    transport = random.choice([*(word for word in rule.protocols if word != "any"), "tcp", "udp", "icmp", "proto"])
    port = {"icmp": 0, "proto": 47}.get(transport) if transport in ("icmp", "proto") else _port(random, rule.ports)
    if rule.names and random.random() < 0.7 and transport in ("tcp", "udp"):
        given = _address(random, other.destinations) if random.random() < 0.3 else None
        return Flow(source, given, _near(random.choice(rule.names), random), transport, port, None)
    address = _address(random, (other if random.random() < 0.1 else rule).destinations)
    application = random.choice([None, None, None, "http", "https", "mssql"]) if transport == "tcp" else None
    return Flow(source, address, None, transport, port, application)


def _of_application(rule, rules, source, random):
    hosts = [*rule.hosts, *(url.partition("/")[0].lower() for url in rule.urls)] or _PLAIN_HOSTS
    name = _near(random.choice(hosts), random)
    application = random.choice([*(kind for kind, _ in rule.applications), "http", "https", "mssql"])
    ports = [port for kind, port in rule.applications if kind == application] or [_APPLICATION_PORTS[application]]
    port = min(max(random.choice([*ports, *ports, *ports, ports[0] + 1, ports[0] - 1]), 1), 64000)
    address = _address(random, random.choice(rules).destinations) if random.random() < 0.5 else None
    path = _path(rules, name, random) if application != "mssql" else None
    return Flow(source, address, name, "tcp", port, application, path)


def _near(pattern, random):
    """A name that a pattern holds, or one that looks like it."""
    bare = pattern.lstrip("*").lstrip(".") or random.choice(_PLAIN_HOSTS)
    near = [bare, f"a.{bare}", f"a.b.{bare}", f"evil{bare}", f"{bare}.example.org", bare.partition(".")[2] or bare]
    return random.choice([pattern, pattern, *near] if "*" not in pattern else near)


def _path(rules, name, random):
    """A path where some rule asks for one."""
    urls = [url for rule in rules for url in rule.urls]
    if not urls:
        return None
    path = "/" + random.choice(urls).partition("/")[2]
    bare = path.rstrip("*")
    return random.choice([bare, bare.rstrip("/") or "/", f"{bare}more", f"{bare}?q=1", "/", "/other"])
