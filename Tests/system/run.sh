#!/bin/sh
# The tests that need a whole program: each is a script that prints its claims and fails if one is false.
#
# run.sh            runs all of them
# run.sh NAME...    runs those named: authority, demo, webhook, quickstart, signoff, canary, kill, change
#
# CONCORDAT is the binary; CONCORDAT_KILLS says how often the kill test pulls the plug.
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)

[ -x "${CONCORDAT:-}" ] || {
    echo 'run.sh: set CONCORDAT to the concordat binary; `make test` does' >&2
    exit 64
}
[ $# -gt 0 ] || set -- authority demo quickstart signoff webhook canary kill change
for name in "$@"; do
    printf '\n== %s\n' "$name"
    case $name in
    authority) sh "$here/authority-test.sh" ;;
    demo) (cd "$here/../.." && "$CONCORDAT" demo --no-colour) ;;
    quickstart) sh "$here/quickstart.sh" ;;
    signoff) sh "$here/signoff.sh" ;;
    webhook) /usr/bin/python3 "$here/webhook.py" ;;
    canary) /usr/bin/python3 "$here/canary.py" ;;
    kill) /usr/bin/python3 "$here/kill.py" ;;
    change) /usr/bin/python3 "$here/change.py" ;;
    *)
        echo "run.sh: no test \`$name\`" >&2
        exit 64
        ;;
    esac
done
