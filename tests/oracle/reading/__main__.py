"""Reads the policies of a folder apart from fwc, and decides flows of each: `reading FOLDER FLOWS`.

Prints a line of JSON for each file: its name, values for the parameters that have none, and its policies with their
flows, each with the verdict. Written from Microsoft's pages and not from fwc's reader.
"""

import json
import random
import sys
from pathlib import Path

from decide import verdict
from policies import policies_of, values_for
from sample import flows_of
from text import read

_KINDS = ("arm", "azcli", "other", "history")


def main(folder, count):
    root = Path(folder)
    files = (path for kind in _KINDS for path in (root / kind).rglob("*") if path.suffix in (".json", ".jsonc"))
    for path in sorted(path for path in files if path.is_file()):
        document = read(path)
        name = path.relative_to(root).as_posix()
        given = values_for(document)
        policies = policies_of(document, given) if document is not None else []
        told = [_told(name, policy, policies, count) for policy in policies]
        print(json.dumps({"file": name, "parameters": given, "policies": [one for one in told if one["flows"]]}))


def _told(name, policy, policies, count):
    bases = _bases(policy, policies)
    dice = random.Random(f"{name} {policy.name}")
    flows = flows_of(policy, bases, dice, count)
    return {"policy": policy.name, "flows": [_decided(policy, bases, flow) for flow in flows]}


def _bases(policy, policies):
    named = [other for other in policies if policy.base and other.name.lower() == policy.base]
    return [*_bases(named[0], policies), named[0]] if named else []


def _decided(policy, bases, flow):
    answer, rule = verdict(policy, bases, flow)
    return {"flow": _said(flow), "verdict": answer, "rule": rule}


def _said(flow):
    said = {"source": _address(flow.source), "destination": flow.name or _address(flow.address)}
    if flow.name and flow.address is not None:
        said["destinationAddress"] = _address(flow.address)
    if flow.path is not None:
        said["path"] = flow.path
    return {**said, "service": _service(flow)}


def _service(flow):
    if flow.transport == "icmp":
        return "icmp"
    return f"{flow.application or flow.transport}/{flow.port}"


def _address(value):
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
