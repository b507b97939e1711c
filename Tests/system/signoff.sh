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
. "$root/Tests/system/walk.sh"

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
