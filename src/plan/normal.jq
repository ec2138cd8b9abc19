# The normal form of the properties of a resource: what decides about flows, in one text. fwc makes the same.
def sized: "\(length):\(.)";
def fields: [
  "action", "addressPrefix", "allowSqlRedirect", "autoLearnPrivateRanges", "basePolicy", "bypassTrafficSettings",
  "configuration", "destinationAddresses", "destinationFqdns", "destinationIpGroups", "destinationPorts",
  "disableBgpRoutePropagation", "dnsSettings", "enableExplicitProxy", "enablePacFile", "enableProxy", "explicitProxy",
  "fqdnTags", "fqdns", "headerName", "headerValue", "httpHeadersToInsert", "httpPort", "httpsPort", "id", "intrusionDetection",
  "ipAddresses", "ipProtocols", "mode", "name", "nextHop", "nextHopIpAddress", "nextHopIpAddresses", "nextHopType", "pacFile",
  "pacFilePort", "port", "priority", "privateRanges", "profile", "properties", "protocol", "protocolType", "protocols",
  "requireProxyForNetworkRules", "routes", "ruleCollectionGroups", "ruleCollectionType", "ruleCollections", "ruleType",
  "rules", "servers", "signatureOverrides", "sku", "snat", "sourceAddresses", "sourceIpGroups", "sourceKubeSelectorGroups",
  "sql", "targetFqdns", "targetUrls", "terminateTLS", "threatIntelMode", "threatIntelWhitelist", "tier", "translatedAddress",
  "translatedFqdn", "translatedPort", "type", "webCategories"
];
def usual: {
  "threatIntelMode": "alert",
  "tier": "standard",
  "autoLearnPrivateRanges": "disabled",
  "intrusionDetection": "4:mode3:off"
};
def span: if . == "*" then [0, 65535] else split("-") | map(tonumber) | [first, last] end;
def ports:
  map(span) | sort
  | reduce .[] as $next ([];
      if length > 0 and $next[0] <= last[1] + 1
      then .[:-1] + [[last[0], ([last[1], $next[1]] | max)]]
      else . + [$next]
      end)
  | map(if .[0] <= 1 and .[1] == 65535 then "*" elif .[0] == .[1] then "\(.[0])" else "\(.[0])-\(.[1])" end);
def normal:
  if type == "object" then
    to_entries | map(select(.key as $key | fields | index($key)))
    | map(select((.key != "id" and .key != "type") or (.value | tostring | contains("/") | not)))
    | map(
        .key as $key
        | if $key == "basePolicy" then .value = .value.id
          elif $key == "ruleCollectionGroups" then .value |= map(.id)
          elif $key == "destinationPorts" then .value |= ports
          else . end
        | .value |= (if $key == "rules" then map(normal | sized) | add // "" else normal end)
      )
    | map(select(.value != null and .value != "" and .value != usual[.key]))
    | sort_by(.key) | map((.key | sized) + (.value | sized)) | add // ""
  elif type == "array" then map(normal) | map(select(. != "")) | unique | map(sized) | add // ""
  elif . == null or . == false or . == 0 then ""
  else
    tostring | ascii_downcase
    | if startswith("/subscriptions/") then split("/") | last else rtrimstr("/32") end
  end;
.properties | normal
