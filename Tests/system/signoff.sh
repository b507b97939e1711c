#!/bin/sh
# A protocol signed party by party, checked by a stranger with openssl alone, and served live: who has not signed is refused,
# the rest go on. The commands of docs/sign-off.md are taken from that page.
#
# Prints one line a claim, `ok` or `not ok`, and fails if one does not hold. CONCORDAT is the binary.
set -eu
export LC_ALL=C
umask 077

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
concordat=${CONCORDAT:?set CONCORDAT to the concordat binary}
scratch=$(mktemp -d)
# A space in the path, so that a missing quotation mark shows.
D="$scratch/a deployment"
deployment=west-midlands
daemon=
peer=
failures=0

finish() {
    [ -z "$peer" ] || kill "$peer" 2>/dev/null || :
    [ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null || :
    rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM

claim() { # TEXT COMMAND...
    claim_text=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        printf 'ok      %s\n' "$claim_text"
    else
        printf 'not ok  %s\n' "$claim_text"
        head -c 1500 "$scratch/said" | sed 's/^/        /'
        failures=$((failures + 1))
    fi
}

fails() { ! "$@"; }

# Three ports nobody listens on. python3 only because the shell cannot ask the system for one.
ports=$(/usr/bin/python3 -c '
import socket
sockets = [socket.socket() for _ in range(3)]
for one in sockets: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in sockets))')
data_port=${ports%% *}
local_port=${ports##* }
desk_port=${ports#* }
desk_port=${desk_port%% *}
data=https://127.0.0.1:$data_port
desk=https://127.0.0.1:$desk_port

# curl with the certificate at STEM. The body goes to $scratch/body, the status to $scratch/status.
call() { # STEM URL [CURL OPTION...]
    call_stem=$1
    call_url=$2
    shift 2
    : >"$scratch/body"
    curl -sS --max-time 40 --cacert "$D/authority/trust.pem" --cert "$call_stem.chain.crt" --key "$call_stem.key" \
        -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' "$@" "$call_url" >"$scratch/status"
}
as() { # PARTY PATH [CURL OPTION...]
    as_party=$1
    as_path=$2
    shift 2
    call "$D/parties/$as_party" "$data$as_path" "$@"
}
send() { # PARTY FILE
    as "$1" /v1/messages -H 'Content-Type: application/cloudevents+json' --data-binary "@$2"
}

# What came back.
status_is() {
    [ "$(cat "$scratch/status")" = "$1" ] || {
        echo "the status is $(cat "$scratch/status"), not $1"
        cat "$scratch/body"
        return 1
    }
}
lacks() { ! grep -qF -- "$1" "$scratch/body"; }
holds() { grep -qF -- "$1" "$scratch/body" || { echo "no $1 in:" && cat "$scratch/body" && return 1; }; }
names() { # STATUS CODE
    status_is "$1" && holds "\"code\":\"$2\"" && holds "\"status\":$1" && holds "\"type\":\"urn:concordat:problem:$2\"" &&
        grep -qi '^content-type: application/problem+json' "$scratch/head"
}
member() { # NAME: the first string member of that name
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$scratch/body" | head -n 1
}

start() {
    "$concordat" serve --config "$D/concordat.yaml" >>"$scratch/daemon.log" 2>&1 &
    daemon=$!
    # Bound: 60 seconds; a machine busy with a build is slow to start.
    for _ in $(seq 300); do
        curl -sf --max-time 2 "http://127.0.0.1:$local_port/readyz" >/dev/null 2>&1 && return 0
        kill -0 "$daemon" 2>/dev/null || { cat "$scratch/daemon.log" && return 1; }
        sleep 0.2
    done
    echo 'the daemon was not ready within 60 seconds'
    return 1
}
stop() {
    kill "$daemon"
    stop_status=0
    wait "$daemon" || stop_status=$?
    daemon=
    [ "$stop_status" -eq 0 ] || { echo "after SIGTERM the daemon ended with $stop_status" && return 1; }
}
# A serve that must end by itself, saying REASON.
serve_refuses() { # REASON
    refuse_status=0
    timeout 60 "$concordat" serve --config "$D/concordat.yaml" >"$scratch/refusal" 2>&1 || refuse_status=$?
    cat "$scratch/refusal"
    [ "$refuse_status" -ne 0 ] && [ "$refuse_status" -ne 124 ] && [ "$refuse_status" -lt 128 ] &&
        grep -q -- "$1" "$scratch/refusal"
}

# --- a deployment, and people who may sign
claim 'init makes a deployment' "$concordat" init "$D" --deployment "$deployment" \
    --protocol "$root/protocols/rj-west-midlands" --data-port "$data_port" --desk-port "$desk_port" --local-port "$local_port"
for party in west-midlands-police rj-hub hmp-featherstone; do
    claim "$party gets a certificate" sh "$D/authority/authority.sh" party "$D" "$deployment" "$party"
done
for party in west-midlands-police rj-hub; do
    for office in officer signatory; do
        claim "so does its $office" sh "$D/authority/authority.sh" person "$D" "$deployment" "$party" "$office"
    done
done
# No run may depend on today lying inside the protocol's period.
today=$(date -u +%Y-%m-%d)
later=$(date -u -d '+300 days' +%Y-%m-%d)
until=$(date -u -d '+320 days' +%Y-%m-%d)
sed "s/^period:.*/period: {from: $today, review: $later, until: $until}/" "$D/protocol/protocol.yaml" >"$scratch/p.yaml"
cp "$scratch/p.yaml" "$D/protocol/protocol.yaml"
sed 's/^mode: training/mode: live/; /^clock:/d' "$D/concordat.yaml" >"$scratch/c.yaml"
cp "$scratch/c.yaml" "$D/concordat.yaml"

# --- the page's own commands, with its paths put in place of ours
page() { # NAME: the lines of the block that begins with `# NAME`
    awk -v name="# $1" '$0 == name { on = 1; next } on && /^```/ { exit } on { print }' "$root/docs/sign-off.md" >"$scratch/page"
    [ -s "$scratch/page" ] || { echo "docs/sign-off.md has no block $1" && return 1; }
}
follow() { # NAME
    page "$1"
    { echo "set -eu"; echo "concordat() { '$concordat' \"\$@\"; }"; cat "$scratch/page"; } >"$scratch/page.sh"
    (cd "$D" && sh "$scratch/page.sh")
}
signoff() { "$concordat" protocol signoff "$D/protocol" --deployment "$deployment" --ca "$D/authority/trust.pem" \
    --crl "$D/authority/crl.pem" "$@"; }
sign() { # PARTY OFFICE OPTION...
    sign_party=$1
    sign_office=$2
    shift 2
    "$concordat" protocol sign "$D/protocol" --party "$sign_party" --as "$sign_office" \
        --certificate "$D/people/$sign_party.$sign_office.chain.crt" --key "$D/people/$sign_party.$sign_office.key" "$@"
}
said() { grep -qF -- "$1" "$scratch/said" || { cat "$scratch/said" && return 1; }; }
says() { # TEXT COMMAND...: fails, and says TEXT
    says_text=$1
    shift
    if "$@" >"$scratch/says" 2>&1; then cat "$scratch/says" && return 1; fi
    grep -qF -- "$says_text" "$scratch/says" || { cat "$scratch/says" && return 1; }
}
reports() { # TEXT: of signoff, whatever its exit
    signoff >"$scratch/report" 2>&1 || :
    grep -qE -- "$1" "$scratch/report" || { cat "$scratch/report" && return 1; }
}

claim 'a text nobody signed is not served live' serve_refuses 'nobody has signed'
claim 'nobody has signed' says '0 of ' signoff
claim 'the signatory does not come before the officer' says 'advice comes first' sign rj-hub signatory
claim 'nobody signs for another office' says 'whom the roster entry names' "$concordat" protocol sign "$D/protocol" \
    --party rj-hub --as officer --advice supports --certificate "$D/people/rj-hub.signatory.chain.crt" \
    --key "$D/people/rj-hub.signatory.key"
claim 'wrong use is told with the usage of the command' says 'Usage: concordat protocol sign ' "$concordat" protocol sign \
    "$D/protocol" --party rj-hub --as signatory
claim 'the officer advises, as the page says' follow advise
claim 'the signatory signs, as the page says' follow sign
claim 'it is in force for the hub' reports '^rj-hub +in force'
claim 'a stranger checks the text, as the page says' follow stranger
claim 'and the advice and the roster entry' follow stranger-more
claim 'a stranger with a changed text is told' fails openssl cms -verify -binary -inform PEM \
    -in "$D/protocol/signoff/rj-hub.signatory.p7s" -content "$D/protocol/protocol.yaml" -CAfile "$D/authority/trust.pem" \
    -out "$scratch/out"
claim 'the police sign with openssl alone, as the page says' follow by-hand
claim 'and it counts' reports '^west-midlands-police +in force'

# --- live, for those who have signed
claim 'the daemon starts and is ready' start
sed 's/wmp-2026-000417/so-1/' "$root/certs-example/referral.json" >"$scratch/referral.json"
claim 'the police send a referral' send west-midlands-police "$scratch/referral.json"
claim 'it is taken' status_is 202
claim 'and shared with the hub' holds '{"answer":"share","recipient":"rj-hub"}'
claim 'the hub reads its inbox' as rj-hub '/v1/inbox?wait=10'
claim 'the referral is there' holds '"id":"so-1","source":"west-midlands-police"'
claim 'and not marked as training' lacks '"mode":"training"'
sed 's/"source": "west-midlands-police"/"source": "hmp-featherstone"/; s/wmp-2026-000417/so-2/' \
    "$root/certs-example/referral.json" >"$scratch/unsigned.json"
claim 'a prison that has not signed sends one' send hmp-featherstone "$scratch/unsigned.json"
claim 'and is refused' names 403 party.not-signed
claim 'the daemon stops' stop
claim 'the signatures are in the log' sh -c 'grep -qa "sign-off" "$1"/data/concordat.sqlite*' - "$D"

# --- what takes it out of force again
cp "$D/protocol/parties/rj-hub.yaml" "$scratch/entry"
echo '# changed' >>"$D/protocol/parties/rj-hub.yaml"
claim 'a changed roster entry is not signed' reports '^rj-hub +not signed'
cp "$scratch/entry" "$D/protocol/parties/rj-hub.yaml"
claim 'the signatory is revoked, without a reason' sh "$D/authority/authority.sh" revoke "$D" "$D/people/rj-hub.signatory.chain.crt"
claim 'and no signature of theirs counts' reports "^rj-hub: .*certificate is revoked"
claim 'the officer of the police leaves' sh "$D/authority/authority.sh" revoke "$D" \
    "$D/people/west-midlands-police.officer.chain.crt" cessationOfOperation
claim 'what they signed before still counts' reports '^west-midlands-police +in force'
sed 's/^title:.*/title: Another text/' "$scratch/p.yaml" >"$D/protocol/protocol.yaml"
claim 'a text that says the same needs no new signature' reports '^west-midlands-police +in force'
sed 's/extension: {days: 90, quorum: [0-9]*}/extension: {days: 90, quorum: 1}/' "$scratch/p.yaml" >"$D/protocol/protocol.yaml"
claim 'one with another quorum does' reports '^west-midlands-police +not signed'
sed "s/^period:.*/period: {from: $today, review: $later, until: $(date -u -d '+321 days' +%Y-%m-%d)}/" "$scratch/p.yaml" \
    >"$D/protocol/protocol.yaml"
claim 'so does one that lasts longer' reports '^west-midlands-police +not signed'

[ "$failures" -eq 0 ] || {
    printf '%s claims about sign-off do not hold\n' "$failures"
    exit 1
}
