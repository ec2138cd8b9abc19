//! The names of the functions.

/// The functions that are evaluated.
///
/// Source: Microsoft Learn, "ARM template functions" and the page of each kind of them, whose dates are in the files that
/// evaluate them.
const EVALUATED: &[&str] = &[
    "add",
    "and",
    "array",
    "base64",
    "base64ToJson",
    "base64ToString",
    "bool",
    "cidrHost",
    "cidrSubnet",
    "coalesce",
    "concat",
    "contains",
    "copyIndex",
    "createArray",
    "createObject",
    "dataUri",
    "dataUriToString",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "dateTimeToEpoch",
    "div",
    "empty",
    "endsWith",
    "environment",
    "equals",
    "extensionResourceId",
    "fail",
    "false",
    "filter",
    "first",
    "flatten",
    "float",
    "format",
    "greater",
    "greaterOrEquals",
    "groupBy",
    "if",
    "indexFromEnd",
    "indexOf",
    "int",
    "intersection",
    "items",
    "join",
    "json",
    "lambda",
    "lambdaVariables",
    "last",
    "lastIndexOf",
    "length",
    "less",
    "lessOrEquals",
    "managementGroupResourceId",
    "map",
    "mapValues",
    "max",
    "min",
    "mod",
    "mul",
    "not",
    "null",
    "objectKeys",
    "or",
    "padLeft",
    "parameters",
    "parseCidr",
    "range",
    "reduce",
    "replace",
    "resourceId",
    "shallowMerge",
    "skip",
    "sort",
    "split",
    "startsWith",
    "string",
    "sub",
    "subscriptionResourceId",
    "substring",
    "take",
    "tenantResourceId",
    "toLower",
    "toObject",
    "toUpper",
    "trim",
    "true",
    "tryGet",
    "tryIndexFromEnd",
    "union",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "variables",
];

/// The functions whose values only a deployment knows.
///
/// Source: Microsoft Learn, "Resource functions for ARM templates", "Deployment functions for ARM templates", page of
/// 2022-03-10, and "String functions for ARM templates", page of 2022-02-11. The hash after `guid` and `uniqueString` is not documented.
const DEPLOYED: &[&str] = &[
    "deployer",
    "deployment",
    "externalInput",
    "getSecret",
    "guid",
    "list",
    "listAccountSas",
    "listKeys",
    "listSecrets",
    "listServiceSas",
    "managementGroup",
    "newGuid",
    "pickZones",
    "providers",
    "reference",
    "references",
    "resourceGroup",
    "subscription",
    "tenant",
    "toLogicalZone",
    "toLogicalZones",
    "toPhysicalZone",
    "toPhysicalZones",
    "uniqueString",
    "utcNow",
];

/// The function `name` as Microsoft spells it; any other as it is written.
pub(super) fn canonical(name: &str) -> &str {
    let known = EVALUATED.iter().chain(DEPLOYED);
    known.copied().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Whether the function is evaluated here, given arguments that it takes.
pub(super) fn is_evaluated(name: &str) -> bool {
    EVALUATED.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether only a deployment knows what the function gives.
pub(super) fn is_deployed(name: &str) -> bool {
    let is_list = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"));
    is_list || DEPLOYED.iter().any(|known| known.eq_ignore_ascii_case(name))
}
