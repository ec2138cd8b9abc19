#!/bin/sh
# Stands in for `az`. $STORE/log has what it was asked to write, in order; the call number FAIL_AT fails, before it has
# done something or, where FAIL_LATE is set, after. What is not there cannot be deleted. $STORE/there has the resources, as
# Azure gives them.
set -eu
mkdir -p "$STORE/there"
for word in "$@"; do
    printf '%s\0' "$word"
done >>"$STORE/words"
printf '\n\0' >>"$STORE/words"

case "$1 $2" in
"group show")
    printf '/subscriptions/s/resourceGroups/%s\n' "${3#--name=}"
    exit
    ;;
"resource show")
    key=$(printf '%s' "${4##*/providers/}" | tr / @)
    test -e "$STORE/there/$key" || exit 3
    groups=$(cd "$STORE/there" && find . -name "$key@ruleCollectionGroups@*" ! -name '*Drafts*' | sed 's/.*@//' |
        jq -R '{ id: ("/subscriptions/s/x/ruleCollectionGroups/" + .) }' | jq -s .)
    jq --argjson groups "$groups" '.properties |=
        (if ($groups | length) > 0 and (has("ruleCollectionGroups") | not)
            then . + { ruleCollectionGroups: $groups } else . end)' "$STORE/there/$key"
    exit
    ;;
esac

number=$(($(cat "$STORE/count" 2>/dev/null || echo 0) + 1))
echo "$number" >"$STORE/count"
if test "$number" = "${FAIL_AT-}" && test -z "${FAIL_LATE-}"; then exit 1; fi
file=$STORE/log/$(printf '%04d' "$number")
mkdir -p "$STORE/log"

case "$1 $2" in
"deployment group")
    template=
    for word in "$@"; do
        case $word in --template-file=*) template=${word#*=} ;; esac
    done
    cp "$template" "$file.put"
    test -n "${LENIENT-}" || jq -c '.resources[]
        | walk(if type != "string" then .
            elif startswith("[resourceId(") then "/subscriptions/s/x/" + (split("\u0027") | .[-2])
            elif startswith("[[") then .[1:]
            else . end)
        | . + { etag: "W/\"2\"" } | .properties += { provisioningState: "Succeeded" }' "$template" |
        while read -r resource; do
            key=$(printf '%s' "$resource" | jq -r '[.type, .name] | map(split("/")) |
                [.[0][0]] + ([.[0][1:], .[1]] | transpose | add) | join("@")')
            printf '%s' "$resource" >"$STORE/there/$key"
        done
    ;;
"resource delete")
    there=$STORE/there/$(printf '%s' "${4##*/providers/}" | tr / @)
    test -e "$there" || test -n "${LENIENT-}" || exit 1
    rm -f "$there"
    printf '%s' "$4" >"$file.delete"
    ;;
# Deploys the drafts of a policy, and then there are none.
"network firewall")
    test "$3 $4" = "policy deploy"
    name=
    for word in "$@"; do
        case $word in --name=*) name=${word#*=} ;; esac
    done
    cd "$STORE/there"
    policy=Microsoft.Network@firewallPolicies@$name
    test -e "$policy@firewallPolicyDrafts@default"
    jq -s '.[0].properties += .[1].properties | .[0]' "$policy" "$policy@firewallPolicyDrafts@default" >"$file.deploy"
    cp "$file.deploy" "$policy"
    rm "$policy@firewallPolicyDrafts@default"
    for draft in "$policy"@ruleCollectionGroups@*@ruleCollectionGroupDrafts@default; do
        test -e "$draft" || continue
        jq -s '.[0].properties = .[1].properties | .[0]' "${draft%@*@*}" "$draft" >"$file.group"
        cat "$file.group" >"${draft%@*@*}"
        rm "$file.group" "$draft"
    done
    ;;
*) exit 64 ;;
esac
if test "$number" = "${FAIL_AT-}"; then exit 1; fi
