"""Times the shadow checks of aerleon and Z3 on rules that fwc has checked, and holds the answers against each other."""

import ipaddress
import json
import logging
import os
import platform
import sys
import time
from importlib.metadata import version

import z3
from aerleon.lib import naming, policy

LIMIT = float(os.environ.get("PEERS_LIMIT", "120"))
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}


def main(folder, sizes):
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"aerleon {version('aerleon')}, z3-solver {version('z3-solver')}")
    for size in sizes.split(","):
        with open(f"{folder}/{size}.json", encoding="utf-8") as file:
            given = json.load(file)
        compare(given["rules"], given["seconds"], dict(map(tuple_of, given["covered"])))
    print("\nNot answered by aerleon: rules that several earlier ones cover together, and by which. Its check holds against "
          "each other two rules at a time; host names, tags and opaque sets it cannot hold at all.")
    print("Not answered by Z3: by which rules, and a readable flow; names and opaque sets would have to be encoded by hand.")


def tuple_of(pair):
    return pair[0], pair[1]


def compare(rules, seconds, covered):
    unions = [line for line, by in covered.items() if len(by) > 1]
    print(f"\n{len(rules)} network rules")
    print(f"  fwc      {seconds * 1e3:10.1f} ms   {len(covered)} shadowed, {len(unions)} of them by a union")
    found, took, parsed = aerleon(rules)
    wrong, missed = sorted(found - covered.keys()), len(covered.keys() - found)
    print(f"  aerleon  {took * 1e3:10.1f} ms   {len(found)} shadowed, {missed} missed, {len(wrong)} wrong; "
          f"{took / seconds:,.0f} times fwc (and {parsed:.1f} s to parse)")
    found, done, took = solver(rules)
    of = {line for line in covered if line < done}
    agree = "the same rules" if found == of else f"DISAGREES on {sorted(found ^ of)[:5]}"
    part = "" if done == len(rules) else f" in the first {done} rules, stopped;"
    least = "" if done == len(rules) else "more than "
    print(f"  z3       {took * 1e3:10.1f} ms   {len(found)} shadowed,{part} {agree}; {least}{took / seconds:,.0f} times fwc")


def aerleon(rules):
    """The rules that one earlier rule contains, the seconds of that check alone, and those of reading the policy."""
    definitions = naming.Naming()
    text = ["header { target:: juniper peers }"]
    for line, rule in enumerate(rules):
        text.append(f"term r{line} {{")
        for field, key in (("sources", "source"), ("destinations", "destination")):
            if field in rule:
                name = f"{field[0].upper()}{line}"
                definitions.ParseNetworkList([f"{name} = {rule[field][0]}"] + [f"  {each}" for each in rule[field][1:]])
                text.append(f"  {key}-address:: {name}")
        if "ports" in rule:
            ports = [f"{first}-{last}/{protocol}" if first < last else f"{first}/{protocol}"
                     for first, last in rule["ports"] for protocol in rule["protocols"]]
            definitions.ParseServiceList([f"P{line} = {ports[0]}"] + [f"  {each}" for each in ports[1:]])
            text.append(f"  destination-port:: P{line}")
        if "protocols" in rule:
            text.append(f"  protocol:: {' '.join(rule['protocols'])}")
        text.append(f"  action:: {'accept' if rule['action'] == 'allow' else 'deny'}\n}}")
    start = time.perf_counter()
    parsed = policy.ParsePolicy("\n".join(text), definitions, shade_check=False)
    read = time.perf_counter() - start
    listener = Listener()
    logging.getLogger().addHandler(listener)
    ((_, terms),) = parsed.filters
    assert len(terms) == len(rules)
    start = time.perf_counter()
    parsed._DetectShading(terms)
    took = time.perf_counter() - start
    logging.getLogger().removeHandler(listener)
    return listener.shaded, took, read


class Listener(logging.Handler):
    """Collects the numbers of the terms that are said to be shaded."""

    def __init__(self):
        super().__init__()
        self.shaded = set()

    def emit(self, record):
        words = record.getMessage().split()
        if words[1:4] == ["is", "shaded", "by"]:
            self.shaded.add(int(words[0][1:]))


def solver(rules):
    """The rules that no flow reaches, how many were asked about in time, and the seconds."""
    source, destination = z3.BitVecs("source destination", 32)
    protocol, port = z3.BitVec("protocol", 8), z3.BitVec("port", 16)
    span = lambda of, first, last: of == first if first == last else z3.And(z3.UGE(of, first), z3.ULE(of, last))

    def ends(of, prefixes):
        networks = [ipaddress.ip_network(prefix) for prefix in prefixes]
        return z3.Or([span(of, int(net.network_address), int(net.broadcast_address)) for net in networks])

    def condition(rule):
        parts = []
        if "protocols" in rule:
            parts.append(z3.Or([protocol == NUMBERS[name] for name in rule["protocols"]]))
        if "ports" in rule:
            parts.append(z3.Or([span(port, first, last) for first, last in rule["ports"]]))
        if "sources" in rule:
            parts.append(ends(source, rule["sources"]))
        if "destinations" in rule:
            parts.append(ends(destination, rule["destinations"]))
        return z3.And(parts)

    found, start, check = set(), time.perf_counter(), z3.Solver()
    check.add(port != 0)
    for line, rule in enumerate(rules):
        left = LIMIT - (time.perf_counter() - start)
        if left <= 0:
            return found, line, LIMIT
        of = condition(rule)
        check.push()
        check.add(of)
        check.set("timeout", max(1, int(left * 1e3)))
        answer = check.check()
        check.pop()
        if answer == z3.unknown:
            return found, line, time.perf_counter() - start
        if answer == z3.unsat:
            found.add(line)
        check.add(z3.Not(of))
    return found, len(rules), time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
