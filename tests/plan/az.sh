#!/bin/sh
# Stands in for `az`. $STORE/log has what it was asked to write, in order; the call number FAIL_AT fails, before it has
# done something or, where FAIL_LATE is set, after. What is not there cannot be deleted.
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
    test -e "$STORE/there/$(printf '%s' "${4##*/providers/}" | tr / @)" && exit
    exit 3
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
    awk '/^      "type": / { type = $2 } /^      "name": / { name = $2 }
        /^    }/ { gsub(/[",]/, "", type); gsub(/[",]/, "", name)
            n = split(type, kinds, "/"); split(name, names, "/"); id = kinds[1] "@" kinds[2] "@" names[1]
            for (i = 3; i <= n; i++) id = id "@" kinds[i] "@" names[i - 1]
            print id }' "$template" | while read -r id; do : >"$STORE/there/$id"; done
    ;;
"resource delete")
    there=$STORE/there/$(printf '%s' "${4##*/providers/}" | tr / @)
    test -e "$there" || test -n "${LENIENT-}" || exit 1
    rm -f "$there"
    printf '%s' "$4" >"$file.delete"
    ;;
*) exit 64 ;;
esac
if test "$number" = "${FAIL_AT-}"; then exit 1; fi
