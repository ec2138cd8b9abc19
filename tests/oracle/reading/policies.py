"""The policies of a document: templates and exports of Azure, the output of `az`, recordings, fragments of them."""

from dataclasses import dataclass, field

from rules import last, rules_of
from template import Missing, Scope, Unknown


@dataclass
class Collection:
    name: str
    priority: int
    rules: list


@dataclass
class Group:
    name: str
    priority: int
    collections: list
    # The texts of unknown conditions that all must hold.
    conditions: tuple = ()


@dataclass
class Policy:
    name: str
    groups: list = field(default_factory=list)
    base: str | None = None
    conditions: tuple = ()

    def rules(self):
        return [rule for group in self.groups for collection in group.collections for rule in collection.rules]


@dataclass
class Resource:
    kind: str
    name: object
    properties: object
    conditions: tuple
    parent: object = None


def policies_of(document, given):
    """The policies of a document, with values given for parameters that have none."""
    if isinstance(document, dict) and "resources" in document:
        return _assembled(list(_of_template(document, Scope(document, given), ())))
    if isinstance(document, dict) and "interactions" in document:
        return _assembled(list(_of_recording(document["interactions"])))
    if isinstance(document, list) and any(_az_kind(item) for item in document):
        return _assembled([_of_az(item) for item in document if _az_kind(item)])
    return _of_fragment(document)


def values_for(document):
    """A value for each parameter of a template that states none."""
    parameters = document.get("parameters", {}) if isinstance(document, dict) and "resources" in document else {}
    missing = {name: stated for name, stated in parameters.items() if "defaultValue" not in stated}
    return {name: _made_up(name, stated) for name, stated in missing.items()}


def _made_up(name, stated):
    kind, lower = stated.get("type", "string").lower(), name.lower()
    if stated.get("allowedValues"):
        return stated["allowedValues"][0]
    if lower in ("location", "region"):
        return "westeurope"
    if kind in ("string", "securestring"):
        address = any(word in lower for word in ("address", "range", "prefix", "cidr", "ip"))
        return "10.123.4.0/24" if address else f"made-up-{lower}"
    if kind == "array":
        ids = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/one"
        return [ids] if "resourceid" in lower else []
    return {"int": 1, "bool": True}.get(kind, {})


def get(mapping, name, default=None):
    """A property, whatever the case of its name."""
    if not isinstance(mapping, dict):
        return default
    return next((value for key, value in mapping.items() if key.lower() == name.lower()), default)


# Templates


def _of_template(template, scope, conditions, parent=None):
    stated = template.get("resources") or []
    for resource in stated.values() if isinstance(stated, dict) else stated:
        if not resource.get("existing"):
            yield from _of_resource(resource, scope, conditions, parent)


def _of_resource(resource, scope, conditions, parent):
    loop = resource.get("copy")
    if isinstance(loop, dict):
        count = _tried(scope, loop["count"])
        for index in range(count if isinstance(count, int) else 0):
            yield from _of_one(resource, scope.inside(loop["name"], index), conditions, parent)
    else:
        yield from _of_one(resource, scope, conditions, parent)


def _of_one(resource, scope, conditions, parent):
    condition = _tried(scope, resource.get("condition", True))
    if condition in (False, "false", "False"):
        return
    if isinstance(condition, Unknown):
        conditions = (*conditions, condition.text)
    kind = resource["type"].lower()
    if kind == "microsoft.resources/deployments":
        yield from _of_deployment(resource, scope, conditions)
        return
    if parent and not kind.startswith("microsoft."):
        kind = f"{parent.kind}/{kind}"
    own = None
    if kind.startswith(("microsoft.network/firewallpolicies", "microsoft.network/azurefirewalls")) or (
        kind == "microsoft.network/ipgroups"
    ):
        own = Resource(kind, _tried(scope, resource["name"]), _deep(scope, resource.get("properties", {})), conditions, parent)
        yield own
    yield from _of_template(resource, scope, conditions, own or Resource(kind, "", {}, conditions, parent))


def _of_deployment(resource, scope, conditions):
    properties = resource.get("properties", {})
    inner = properties.get("template")
    if not isinstance(inner, dict):
        return
    options = properties.get("expressionEvaluationOptions") or {}
    if str(options.get("scope", "outer")).lower() == "inner":
        stated = _deep(scope, properties.get("parameters") or {})
        stated = stated if isinstance(stated, dict) else {}
        scope = Scope(inner, {name: _given(name, value) for name, value in stated.items()})
    yield from _of_template(inner, scope, conditions)


def _given(name, stated):
    known = isinstance(stated, dict) and "value" in stated
    return stated["value"] if known else Unknown(f"parameter {name} of a deployment")


def _tried(scope, stated):
    """What a stated value evaluates to; unknown where this reading does not know how."""
    try:
        return scope.value(stated)
    except (Missing, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return Unknown(str(stated))


def _deep(scope, stated):
    """Like `_tried`, but what cannot be known leaves its neighbours known."""
    if isinstance(stated, dict) and not isinstance(stated.get("copy"), list):
        return {key: _deep(scope, value) for key, value in stated.items()}
    if isinstance(stated, list):
        return [_deep(scope, value) for value in stated]
    return _tried(scope, stated)


# Recordings and az


def _of_recording(interactions):
    """The last body of each resource."""
    last = {}
    for interaction in interactions:
        body = interaction.get("response")
        for item in (body or {}).get("value", [body]) if isinstance(body, dict) else []:
            if _az_kind(item) and isinstance(item.get("properties"), dict):
                last[item["id"].lower()] = item
    return [_of_az(item) for item in last.values()]


def _az_kind(item):
    kind = str(item.get("type", "")).lower() if isinstance(item, dict) else ""
    known = (
        "microsoft.network/firewallpolicies",
        "microsoft.network/firewallpolicies/rulecollectiongroups",
        "microsoft.network/azurefirewalls",
        "microsoft.network/ipgroups",
    )
    return kind if kind in known else None


def _of_az(item):
    segments = item["id"].split("/")
    name = "/".join(segments[8::2])
    return Resource(_az_kind(item), name, item.get("properties", item), ())


# Assembly


def _assembled(resources):
    ip_groups = {last(r.name): get(r.properties, "ipAddresses") or [] for r in resources if r.kind.endswith("/ipgroups")}
    policies = {}
    for resource in resources:
        if resource.kind == "microsoft.network/firewallpolicies":
            policy = policies.setdefault(_key(resource.name), Policy(_said(resource.name)))
            base = get(get(resource.properties, "basePolicy"), "id")
            policy.base = None if base is None else last(base)
            policy.conditions = resource.conditions
    for resource in resources:
        if resource.kind == "microsoft.network/firewallpolicies/rulecollectiongroups":
            _put(policies, resource, ip_groups)
        elif resource.kind == "microsoft.network/azurefirewalls":
            policy = _of_classic(_said(resource.name), resource.properties, ip_groups, resource.conditions)
            if policy:
                policies[f"classic {_key(resource.name)}"] = policy
    return list(policies.values())


def _put(policies, resource, ip_groups):
    """Puts a group into its policy: that of its name, else the only one there is."""
    parts = _said(resource.name).split("/")
    holder = resource.parent.name if resource.parent and resource.parent.name else None
    if len(parts) > 1 and not isinstance(resource.name, Unknown):
        holder = "/".join(parts[:-1])
    if holder is None and len(policies) == 1:
        holder = next(iter(policies.values())).name
    policy = policies.setdefault(_key(holder), Policy(_said(holder)))
    conditions = tuple(text for text in resource.conditions if text not in policy.conditions)
    policy.groups.append(_group(parts[-1], resource.properties, ip_groups, conditions))


def _group(name, properties, ip_groups, conditions):
    collections = get(properties, "ruleCollections")
    collections = collections if isinstance(collections, list) else []
    read = [_collection(collection, ip_groups, None) for collection in collections]
    return Group(name, _number(get(properties, "priority")), read, conditions)


def _collection(stated, ip_groups, classic):
    properties = {**stated, **(get(stated, "properties") or {})}
    action = get(get(properties, "action"), "type", "dnat" if classic == "dnat" else "")
    rules = get(properties, "rules")
    rules = rules_of(rules if isinstance(rules, list) else [], str(action).lower(), ip_groups, classic)
    return Collection(get(properties, "name"), _number(get(properties, "priority")), rules)


_CLASSIC = {"natRuleCollections": "dnat", "networkRuleCollections": "network", "applicationRuleCollections": "application"}


def _of_classic(name, properties, ip_groups, conditions=()):
    """The rules of a firewall without a policy; each kind is read by the priorities of its own collections."""
    groups = []
    for key, kind in _CLASSIC.items():
        collections = get(properties, key)
        if isinstance(collections, list) and collections:
            groups.append(Group(kind, 100, [_collection(stated, ip_groups, kind) for stated in collections]))
    return Policy(name, groups, conditions=conditions) if groups else None


# Fragments


def _of_fragment(document):
    """A firewall, groups or collections on their own, at any depth."""
    if any(get(document, key) for key in _CLASSIC):
        policy = _of_classic("firewall", document, {})
        return [policy] if policy else []
    if get(document, "ruleCollections") is not None:
        return [Policy("fragment", [_group(get(document, "name"), document, {}, ())])]
    if get(document, "ruleCollectionType") is not None:
        return [Policy("fragment", [Group("group", 100, [_collection(document, {}, None)])])]
    if isinstance(document, (list, dict)):
        inner = document if isinstance(document, list) else document.values()
        return _of_fragments([policy for item in inner for policy in _of_fragment(item)])
    return []


def _of_fragments(found):
    """Neighbours belong to one policy, but firewalls do not."""
    if not found or any(policy.name == "firewall" for policy in found):
        return found
    groups = [group for policy in found for group in policy.groups]
    if all(group.name == "group" for group in groups):
        groups = [Group("group", 100, [collection for group in groups for collection in group.collections])]
    return [Policy("fragment", groups)]


def _number(value):
    return int(value) if isinstance(value, (int, str)) and str(value).isdigit() else 65000


def _said(name):
    return name.text if isinstance(name, Unknown) else str(name)


def _key(name):
    return _said(name).lower()

