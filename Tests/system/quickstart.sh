#!/bin/sh
# The README's path, walked by a stranger with curl and openssl alone against a real daemon; then what must be refused.
#
# Prints one line a claim, `ok` or `not ok`, and fails if one does not hold. CONCORDAT is the binary.
set -eu
export LC_ALL=C
umask 077

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
concordat=${CONCORDAT:?set CONCORDAT to the concordat binary}
. "$root/Tests/system/walk.sh"

officer() { # PARTY.ID PATH
    call "$D/people/$1" "$desk$2"
}
turned_away() { # ALERT STEM URL
    turned_status=0
    call "$2" "$3" >"$scratch/alert" 2>&1 || turned_status=$?
    cat "$scratch/alert" "$scratch/body"
    [ "$turned_status" -ne 0 ] && [ ! -s "$scratch/body" ] && grep -qi -- "$1" "$scratch/alert"
}

# --- a deployment
init_refuses() { # DEPLOYMENT OPTION...: refused, and nothing made
    init_name=$1
    shift
    if "$concordat" init "$scratch/none" --deployment "$init_name" --protocol "$root/protocols/rj-west-midlands" "$@"; then
        return 1
    fi
    [ ! -e "$scratch/none" ]
}
for name in '' 'a b' 'west:midlands' '../x' "$(printf 'a%.0s' $(seq 65))"; do
    claim "no deployment is called \`$name\`" init_refuses "$name"
done
for port in 0 65536 -1 x; do
    claim "no plane listens on the port $port" init_refuses "$deployment" "--data-port=$port"
done
claim 'without a protocol there is no deployment' fails "$concordat" init "$scratch/none" --deployment "$deployment" \
    --protocol "$scratch"
claim 'and nothing was made' fails test -e "$scratch/none"
claim 'init makes a deployment' "$concordat" init "$D" --deployment "$deployment" \
    --protocol "$root/protocols/rj-west-midlands" --data-port "$data_port" --desk-port "$desk_port" --local-port "$local_port"
rendered() { # one page, whole, without a script
    "$concordat" protocol render "$D/protocol" --format html >"$scratch/agreement.html" &&
        grep -q '</html>' "$scratch/agreement.html" && grep -q 'Sign-off' "$scratch/agreement.html" &&
        ! grep -qi '<script' "$scratch/agreement.html"
}
claim 'the agreement is written for people' rendered
claim 'signatures are judged only with a deployment' fails "$concordat" protocol render "$D/protocol" --ca "$D/none"
claim 'a second init in the same place is refused' fails "$concordat" init "$D" --deployment "$deployment" \
    --protocol "$root/protocols/rj-west-midlands"
for party in west-midlands-police rj-hub hmp-featherstone victim-liaison-west-midlands; do
    claim "$party gets a certificate" sh "$D/authority/authority.sh" party "$D" "$deployment" "$party"
done
claim 'the officer of the deployment gets one' sh "$D/authority/authority.sh" person "$D" "$deployment" gateway dpo
claim 'the officer of a party gets one' sh "$D/authority/authority.sh" person "$D" "$deployment" rj-hub dpo
claim 'so does a person who is no officer' sh "$D/authority/authority.sh" person "$D" "$deployment" rj-hub clerk
claim 'certificates that must be refused are made' sh "$D/authority/authority.sh" bad "$D" "$deployment" west-midlands-police
# No run may depend on today lying inside the protocol's period; the hub's own officer may work at the desk.
today=$(date -u +%Y-%m-%d)
later=$(date -u -d '+300 days' +%Y-%m-%d)
sed "s/^period:.*/period: {from: $today, review: $later, until: $later}/" "$D/protocol/protocol.yaml" >"$scratch/p.yaml"
cp "$scratch/p.yaml" "$D/protocol/protocol.yaml"
sed 's/^  officers:$/&\
    - {party: rj-hub, id: dpo}/' "$D/concordat.yaml" >"$scratch/c.yaml"
cp "$scratch/c.yaml" "$D/concordat.yaml"

sed 's/^mode: training/mode: live/; /^clock:/d' "$scratch/c.yaml" >"$D/concordat.yaml"
claim 'a text nobody signed is not served live' serve_refuses 'signed'
sed 's/^mode:/mood:/' "$scratch/c.yaml" >"$D/concordat.yaml"
claim 'a key that is not known stops the start, with its line' serve_refuses 'concordat.yaml:[0-9]*:[0-9]*: unknown key `mood`'
cp "$scratch/c.yaml" "$D/concordat.yaml"
claim 'the daemon starts and is ready' start

# --- a run that shares
sed 's/wmp-2026-000417/qs-1/' "$root/certs-example/referral.json" >"$scratch/referral.json"
claim 'the gateway says who the caller is' as west-midlands-police /v1/me
claim 'by its certificate' holds '"party":"west-midlands-police"'
claim 'the police send a referral' send west-midlands-police "$scratch/referral.json"
claim 'it is taken, with a receipt' status_is 202
claim 'that says share' holds '{"answer":"share","recipient":"rj-hub"}'
case_id=$(member case)
leaf=$(sed -n 's/.*\\nindex \([0-9]*\)\\n.*/\1/p' "$scratch/body")
cp "$scratch/body" "$scratch/receipt"
claim 'the same message again gets the same receipt' send west-midlands-police "$scratch/referral.json"
claim 'byte for byte' cmp "$scratch/body" "$scratch/receipt"
sed 's/"stage": "convicted"/"stage": "charged"/' "$scratch/referral.json" >"$scratch/other.json"
claim 'another message under the same id is sent' send west-midlands-police "$scratch/other.json"
claim 'and refused' names 422 idempotency.conflict

claim 'the hub asks for the schema of what it may get' as rj-hub '/v1/schemas/referral?as=recipient'
claim 'and gets one' status_is 200
claim 'a prison, which gets no referrals, asks too' as hmp-featherstone '/v1/schemas/referral?as=recipient'
claim 'and there is none' names 404 schema-document.unknown
claim 'the description of the interface is there' as rj-hub /openapi.json
claim 'for every address' holds '"/v1/inbox/{delivery}/ack"'

claim 'the hub reads its inbox' as rj-hub '/v1/inbox?wait=10'
claim 'the referral is there' holds '"id":"qs-1","source":"west-midlands-police"'
claim 'under the case the gateway minted' holds "\"subject\":\"$case_id\""
claim 'marked as training' holds '"mode":"training"'
claim 'with the name of who was harmed' holds 'Ada Example'
claim 'and the first half of the postcode' holds '"home-postcode":"B15"'
claim 'without the rest of it' lacks '2TT'
claim 'without her address' lacks '1 Example Street'
claim 'without the neighbour' lacks 'Neighbour'
claim 'without a word of the free text' lacks 'asleep'
claim 'without the sender'\''s own references' lacks '"v1"'
claim 'told what was withheld' holds '"withheld":"'
claim 'told what was masked' holds '"masked":"/people/0/home-postcode"'
delivery=$(member delivery)
claim 'another party cannot acknowledge it' as hmp-featherstone "/v1/inbox/$delivery/ack" -X POST
claim 'which is told that it has no such delivery' names 404 delivery.unknown
claim 'the hub acknowledges' as rj-hub "/v1/inbox/$delivery/ack" -X POST
claim 'and that is taken' status_is 204
claim 'the inbox is read again' as rj-hub /v1/inbox
claim 'and is empty' lacks "$delivery"
claim 'the police ask where their message is' as west-midlands-police /v1/messages/qs-1
claim 'it was delivered' holds '"state":"delivered"'
claim 'another party asks for it' as hmp-featherstone /v1/messages/qs-1
claim 'and is told nothing' names 404 tracking.unknown

# --- the log
claim 'anybody with a certificate fetches the checkpoint' as hmp-featherstone /log/checkpoint
claim 'which is signed by the log' holds "$deployment.concordat.example/log"
claim 'the police fetch the proof of their leaf' as west-midlands-police "/log/proof/$leaf"
claim 'which is a C2SP proof' holds 'c2sp.org/tlog-proof@v1'
claim 'of that leaf' holds "index $leaf"
claim 'a stranger to the transfer asks for the proof' as hmp-featherstone "/log/proof/$leaf"
claim 'and learns nothing' names 404 leaf.unknown

# --- a run that withholds, and says why
sed 's/wmp-2026-000417/qs-2/; s/"initiated-by": "harmed"/"initiated-by": "harmer"/; s/\["no"\]/["not-known"]/' \
    "$root/certs-example/referral.json" >"$scratch/refused.json"
claim 'the police send what the protocol refuses' send west-midlands-police "$scratch/refused.json"
claim 'it is refused' names 403 rule.refused
claim 'by its clause' holds '"clause":"S1"'
claim 'and is on record' holds '"leaf":'
claim 'without a word from the message' lacks 'Example'
claim 'the hub looks' as rj-hub /v1/inbox
claim 'and got nothing' lacks 'qs-2'
sed 's/wmp-2026-000417/qs-3/; s/"source": "west-midlands-police"/"source": "rj-hub"/' \
    "$root/certs-example/referral.json" >"$scratch/liar.json"
claim 'the police send in the name of the hub' send west-midlands-police "$scratch/liar.json"
claim 'and are refused' names 403 envelope.source-mismatch

# --- what a body may be
printf '{"id": "qs-4", "id": "qs-4"}' >"$scratch/twice.json"
claim 'a member stands twice' send west-midlands-police "$scratch/twice.json"
claim 'refused, with its place' names 422 json.duplicate-name
claim 'as a pointer' holds '"pointer":"/id"'
claim 'a body of another media type' as west-midlands-police /v1/messages -H 'Content-Type: text/plain' --data-binary @"$scratch/referral.json"
claim 'is 415' names 415 limit.media-type
claim 'a batch' as west-midlands-police /v1/messages -H 'Content-Type: application/cloudevents-batch+json' --data-binary '[]'
claim 'is 415' names 415 limit.media-type
claim 'a packed body' as west-midlands-police /v1/messages -H 'Content-Type: application/cloudevents+json' \
    -H 'Content-Encoding: gzip' --data-binary @"$scratch/referral.json"
claim 'is 415 too' names 415 limit.media-type
head -c 1100000 /dev/zero | tr '\0' ' ' >"$scratch/large"
claim 'a body over 1 MiB' send west-midlands-police "$scratch/large"
claim 'is 413' names 413 limit.body
claim 'one whose length nobody says' as west-midlands-police /v1/messages -H 'Content-Type: application/cloudevents+json' \
    -H 'Transfer-Encoding: chunked' -T "$scratch/large" -X POST
claim 'is 413 too' names 413 limit.body
claim 'an address that is none' as west-midlands-police /v1/nowhere
claim 'is 404' names 404 route.unknown
claim 'a method that is not taken' as west-midlands-police /v1/me -X DELETE
claim 'is 405' names 405 method.not-allowed

# --- who gets in
claim 'nobody gets in without a certificate' fails curl -sS --max-time 20 --cacert "$D/authority/trust.pem" "$data/v1/me"
claim 'a revoked certificate is turned away in the handshake' turned_away 'certificate revoked' "$D/bad/revoked" "$data/v1/me"
claim 'an expired one too' turned_away 'certificate expired' "$D/bad/expired" "$data/v1/me"
claim 'one of another authority' turned_away 'unknown ca' "$D/bad/wrong-ca" "$data/v1/me"
claim 'one of another deployment' turned_away 'alert' "$D/bad/other-deployment" "$data/v1/me"
claim 'one that names nobody' turned_away 'alert' "$D/bad/no-uri" "$data/v1/me"
claim 'one that names two' turned_away 'alert' "$D/bad/two-uris" "$data/v1/me"
# The two planes: neither certificate opens the other.
wrong_plane() { # STEM URL
    call "$1" "$2" || return 0
    names 403 certificate.wrong-kind
}
claim 'a person does not get in where systems call' wrong_plane "$D/people/gateway.dpo" "$data/v1/me"
claim 'a system does not get in where officers work' wrong_plane "$D/parties/rj-hub" "$desk/v1/transfers"
claim 'nothing but TLS is spoken there' fails curl -sS --max-time 20 "http://127.0.0.1:$data_port/v1/me"
cat "$D/authority/trust.pem" "$D/authority/crl.pem" >"$scratch/trust-and-lists.pem"
claim 'openssl finds the gateway to be who it says, strictly' sh -c 'openssl s_client -connect "127.0.0.1:$1" -CAfile "$2" \
    -crl_check_all -x509_strict -verify_return_error -verify_ip 127.0.0.1 -tls1_3 -cert "$3.chain.crt" -cert_chain "$3.chain.crt" \
    -key "$3.key" -brief </dev/null' - "$data_port" "$scratch/trust-and-lists.pem" "$D/parties/rj-hub"
claim 'TLS 1.2 is not spoken' fails sh -c 'openssl s_client -connect "127.0.0.1:$1" -CAfile "$2" -tls1_2 -brief </dev/null' - \
    "$data_port" "$D/authority/trust.pem"

# --- officers
claim 'the deployment'\''s officer lists transfers' officer gateway.dpo /v1/transfers
claim 'and finds the referral' holds '"message":"qs-1"'
claim 'one transfer is shown field by field' officer gateway.dpo "/v1/transfers/$leaf"
claim 'with what was cut' holds '"action":"drop"'
claim 'without a value' lacks 'Example'
claim 'the hub'\''s officer sees it too' officer rj-hub.dpo '/v1/transfers?message=qs-1'
claim 'as its own' holds '"recipient":"rj-hub"'
claim 'who asks for the whole log' officer rj-hub.dpo /v1/log/export
claim 'is refused' status_is 403
claim 'a person who is no officer' officer rj-hub.clerk /v1/transfers
claim 'is refused' names 403 party.unknown

# --- a certificate revoked while its party is connected
hold() {
    # An open stdin keeps the client connected until the gateway closes.
    mkfifo "$scratch/hold"
    openssl s_client -connect "127.0.0.1:$data_port" -CAfile "$D/authority/trust.pem" -quiet \
        -cert "$D/parties/hmp-featherstone.chain.crt" -cert_chain "$D/parties/hmp-featherstone.chain.crt" \
        -key "$D/parties/hmp-featherstone.key" <"$scratch/hold" >"$scratch/held" 2>&1 &
    peer=$!
    exec 9>"$scratch/hold"
    printf 'GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' >&9
    for _ in $(seq 50); do
        grep -q '"party":"hmp-featherstone"' "$scratch/held" && return 0
        sleep 0.2
    done
    cat "$scratch/held"
    return 1
}
still_there() { kill -0 "$peer"; }
goes_away() {
    for _ in $(seq 100); do
        kill -0 "$peer" 2>/dev/null || { peer= && return 0; }
        sleep 0.1
    done
    echo 'the connection is still open after 10 seconds'
    return 1
}
gets_in() { # PARTY
    as "$1" /v1/me && status_is 200
}
# The daemon says when it has read the lists.
reload() {
    reload_before=$(grep -c 'were read anew' "$scratch/daemon.log" || :)
    kill -HUP "$daemon"
    for _ in $(seq 100); do
        [ "$(grep -c 'were read anew' "$scratch/daemon.log" || :)" -gt "$reload_before" ] && return 0
        sleep 0.1
    done
    tail -n 5 "$scratch/daemon.log"
    return 1
}
claim 'a prison connects and stays connected' hold
claim 'lists are read anew and its certificate is good' reload
claim 'its connection lives' still_there
claim 'its certificate is revoked' sh "$D/authority/authority.sh" revoke "$D" "$D/parties/hmp-featherstone.chain.crt"
claim 'until the gateway reads the lists it gets in' gets_in hmp-featherstone
claim 'the gateway reads the lists' reload
claim 'the live connection is closed' goes_away
exec 9>&-
claim 'and a new one turned away' turned_away 'certificate revoked' "$D/parties/hmp-featherstone" "$data/v1/me"
claim 'the others still get in' gets_in rj-hub
cp "$D/authority/crl.pem" "$scratch/crl.pem"
echo nonsense >"$D/authority/crl.pem"
kill -HUP "$daemon"
sleep 1
claim 'lists that cannot be read change nothing' gets_in rj-hub
claim 'and the log says so' grep -q 'reload refused' "$scratch/daemon.log"
cp "$scratch/crl.pem" "$D/authority/crl.pem"

# --- the log, verified by a stranger
claim 'the officer exports the log' officer gateway.dpo /v1/log/export
claim 'as a file' status_is 200
cp "$scratch/body" "$scratch/bundle.tar"
vkey=$(cat "$D/keys/log.vkey")
claim 'it verifies, offline, with the verifier key alone' "$concordat" audit verify "$scratch/bundle.tar" --key "$vkey"
# One letter of one leaf: the party it names.
sed 's/west-midlands-police/west-midlands-polizi/' "$scratch/bundle.tar" >"$scratch/tampered.tar"
claim 'the tampered export differs and is as long' sh -c '! cmp -s "$1" "$2" && [ "$(wc -c <"$1")" = "$(wc -c <"$2")" ]' - \
    "$scratch/bundle.tar" "$scratch/tampered.tar"
claim 'it is refused' fails "$concordat" audit verify "$scratch/tampered.tar" --key "$vkey"
head -c 2000 "$scratch/bundle.tar" >"$scratch/short.tar"
claim 'a cut one is refused' fails "$concordat" audit verify "$scratch/short.tar" --key "$vkey"
openssl rand -base64 33 | sed "s|^|$deployment.concordat.example/log+00000000+|" >"$scratch/other.vkey"
claim 'with another key it is refused' fails "$concordat" audit verify "$scratch/bundle.tar" --key "$(cat "$scratch/other.vkey")"

# --- who may open the store
claim 'a second daemon is refused while the first runs' serve_refuses 'in use'
claim 'the first does not mind' gets_in rj-hub
claim 'the daemon stops when asked to' stop
cp -R "$D/keys" "$scratch/keys"
for key in register log; do
    openssl rand 32 >"$D/keys/$key.key"
    claim "a wrong $key key is refused" serve_refuses 'belongs to another'
    cp "$scratch/keys/$key.key" "$D/keys/$key.key"
done
chmod 644 "$D/keys/register.key"
claim 'a key that others can read is refused' serve_refuses 'register.key'
chmod 600 "$D/keys/register.key"
set_version() {
    /usr/bin/python3 -c '
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
print(database.execute("PRAGMA user_version").fetchone()[0])
database.execute("PRAGMA user_version = " + sys.argv[2])
database.commit()' "$D/data/concordat.sqlite" "$1"
}
version=$(set_version 1000)
claim 'a database of a newer program is refused' serve_refuses 'version 1000'
set_version "$version" >/dev/null
claim 'with everything as it was the daemon starts again' start
claim 'the police repeat their message' send west-midlands-police "$scratch/referral.json"
claim 'and get the same receipt from the new daemon' cmp "$scratch/body" "$scratch/receipt"
# Ready means ready to be stopped, too: nothing lies between the two.
claim 'asked at once, the daemon stops as it should' stop
claim 'it starts once more' start
claim 'and stops, asked at the very moment it is ready' stop
claim 'it never said a word of a message' fails grep -E 'Ada|Example Street|Bob Sample|Neighbour|07700' "$scratch/daemon.log"

[ "$failures" -eq 0 ] || {
    printf '%d claims do not hold\n' "$failures" >&2
    sed 's/^/daemon: /' "$scratch/daemon.log" | tail -n 20 >&2
    exit 1
}
