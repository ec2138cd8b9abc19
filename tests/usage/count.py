"""Counts the records of logs apart from fwc: a line of JSON for each distinct flow with what was logged of it."""
import csv, json, re, sys
from collections import defaultdict

MESSAGE = re.compile(r"(\S+)(?: Type=\d+)? request from ([\d.]+):\d* to ([^\s:]+):(\d*)\. Action: (\w+)\.(.*)")
RULE = re.compile(r"Rule Collection Group: (.*?)\. Rule Collection: (.*?)\. Rule: (.*)")


def columns(row, time):
    protocol = row["Protocol"].split()[0].lower()
    port = "" if protocol == "icmp" else str(row.get("DestinationPort") or "")
    to = (row.get("Fqdn") or row.get("DestinationIp")).lower()
    rule = [row.get(name) or "" for name in ("RuleCollectionGroup", "RuleCollection", "Rule")]
    return (row["SourceIp"], to, protocol, port, row["Action"].lower(), *rule), time


def message(text, time):
    protocol, source, to, port, action, rest = MESSAGE.match(text).groups()
    found = RULE.search(rest)
    rule = found.groups() if found else ("", "", "")
    protocol = protocol.lower()
    return (source, to.lower(), protocol, "" if protocol == "icmp" else port, action.lower(), *rule), time


def records(name):
    text = open(name, encoding="utf-8").read()
    if name.endswith(".csv"):
        for row in csv.DictReader(text.splitlines()):
            yield columns(row, row["TimeGenerated [UTC]"])
    elif name.endswith("hub.json"):
        for record in json.loads(text)["records"]:
            yield columns(record["properties"], record["time"])
    elif name.endswith("rows.json"):
        for row in json.loads(text):
            yield columns(row, row["TimeGenerated"])
    else:
        for record in map(json.loads, text.splitlines()):
            properties = record["properties"]
            if "msg" in properties:
                yield message(properties["msg"], record["time"])
            else:
                yield columns(properties, record["time"])


seen = defaultdict(list)
for name in sys.argv[1:]:
    for key, time in records(name):
        seen[key].append(time)
for key in sorted(seen):
    print(json.dumps([*key, len(seen[key]), min(seen[key]), max(seen[key])]))
