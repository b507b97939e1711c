#!/bin/sh
# Has code that is not ours check a live log: Go's sumdb packages the export, and a page of Python the receipts.
#
# CONCORDAT=path/to/concordat Tests/Interop/run.sh
#
# Starts a daemon in a throw-away deployment, sends messages with curl, keeps a checkpoint, sends more, exports the log at the
# desk, and verifies it. Then it changes single bytes and sees every verifier refuse. Exit 0 when all of that holds.
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
. "$here/deployment.sh"

[ -x "${CONCORDAT:-}" ] || die 'set CONCORDAT to the concordat binary; `make interop` does'
need go curl openssl tar ps

scratch=$(mktemp -d)
trap 'stop_daemon || :; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

mkdir "$scratch/receipts" "$scratch/bundle"
make_deployment
start_daemon
vkey=$(cat "$deployment/keys/log.vkey")
GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$scratch/sumdb" "$here/sumdb/main.go"

# referral NUMBER: sends one, each of its own case, and keeps its receipt.
referral() {
    sed -e "s/\"wmp-2026-000417\"/\"interop-$1\"/" -e "s/\"20-417-26\"/\"case-$1\"/" \
        "$repository/certs-example/referral.json" >"$scratch/message.json"
    send west-midlands-police "$scratch/message.json" >"$scratch/receipts/$1.json"
}

# refuses CLAIM COMMAND...: the command must end with 1, and say something.
refuses() {
    claim=$1
    shift
    status=0
    "$@" >/dev/null 2>"$scratch/said" || status=$?
    [ "$status" -eq 1 ] && [ -s "$scratch/said" ] || die "$claim: ended with $status"
    printf 'refused: %s: %s\n' "$claim" "$(head -n 1 "$scratch/said" | cut -c 1-120)"
}

for number in 1 2 3 4 5; do referral "$number"; done
ask parties/west-midlands-police "$data_port" /log/checkpoint >"$scratch/earlier"
# Enough for more than one tile of hashes, and a hand-over among the leaves.
for number in $(seq 6 80); do referral "$number"; done
delivery=$(ask parties/rj-hub "$data_port" '/v1/inbox?limit=1' |
    /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["deliveries"][0]["delivery"])')
ask parties/rj-hub "$data_port" "/v1/inbox/$delivery/ack" --request POST --data-binary '' >/dev/null
ask people/gateway.dpo "$desk_port" /v1/log/export --output "$scratch/bundle.tar"
tar -xf "$scratch/bundle.tar" -C "$scratch/bundle"

printf '== Go, golang.org/x/mod/sumdb\n'
"$scratch/sumdb" "$vkey" "$scratch/bundle" "$scratch/earlier"
printf '== concordat audit verify\n'
"$CONCORDAT" audit verify "$scratch/bundle.tar" --key "$vkey" --since "$scratch/earlier"
printf '== Python, receipts\n'
for receipt in "$scratch"/receipts/*.json; do
    /usr/bin/python3 "$here/verify_receipt.py" "$vkey" "$receipt" >"$scratch/said" || die "$(cat "$scratch/said")"
done
printf '%s receipts: leaf, proof and signature verified\n' "$(find "$scratch/receipts" -type f | wc -l)"

printf '== one byte changed\n'
# flip FILE OFFSET: changes the lowest bit of one byte.
flip() {
    /usr/bin/python3 -c '
import sys
path, at = sys.argv[1], int(sys.argv[2])
bytes = bytearray(open(path, "rb").read())
bytes[at] ^= 1
open(path, "wb").write(bytes)' "$1" "$2"
}
entries=$(find "$scratch/bundle/tile/entries" -type f | LC_ALL=C sort | head -n 1)
hashes=$(find "$scratch/bundle/tile/0" -type f | LC_ALL=C sort | head -n 1)
for changed in "$entries:200" "$hashes:40" "$scratch/bundle/checkpoint:5"; do
    file=${changed%:*} at=${changed##*:}
    what=${file#"$scratch/bundle/"}
    cp -p "$file" "$scratch/kept"
    flip "$file" "$at"
    refuses "sumdb, $what" "$scratch/sumdb" "$vkey" "$scratch/bundle"
    refuses "audit verify, $what" "$CONCORDAT" audit verify "$scratch/bundle" --key "$vkey"
    cp -p "$scratch/kept" "$file"
done
"$CONCORDAT" audit verify "$scratch/bundle" --key "$vkey" >/dev/null || die 'the restored bundle does not verify'
/usr/bin/python3 - "$scratch/receipts/1.json" "$scratch" <<'EOF'
import base64, json, sys
receipt = json.load(open(sys.argv[1]))
leaf = bytearray(base64.b64decode(receipt["leaf"]))
leaf[100] ^= 1
for name, change in [("leaf", {"leaf": base64.b64encode(leaf).decode()}),
                     ("answer", {"answers": [{**receipt["answers"][0], "answer": "withhold"}]}),
                     ("proof", {"proof": receipt["proof"].replace("index ", "index 1")})]:
    json.dump({**receipt, **change}, open(f"{sys.argv[2]}/changed-{name}.json", "w"))
EOF
for what in leaf answer proof; do
    refuses "receipt, $what" /usr/bin/python3 "$here/verify_receipt.py" "$vkey" "$scratch/changed-$what.json"
done
stop_daemon || die 'the daemon did not end well after SIGTERM'
printf 'interop: all verifiers agree\n'
