#!/bin/sh
# Claims about authority.sh, each checked with the openssl tool alone. Prints one line a claim; fails if one is false.
set -eu
export LC_ALL=C

root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
script=$root/Sources/concordat/Authority/authority.sh
shell=${AUTHORITY_SHELL:-sh}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A space in the path, so that a missing quotation mark shows.
dir="$scratch/a deployment"
failures=0

claim() { # TEXT COMMAND...
    claim_text=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        printf 'ok      %s\n' "$claim_text"
    else
        printf 'FAILED  %s\n' "$claim_text"
        sed 's/^/        /' "$scratch/said"
        failures=$((failures + 1))
    fi
}

authority() { "$shell" "$script" "$@"; }
fails() { ! "$@"; }
exits() { # STATUS COMMAND...
    exits_wanted=$1
    shift
    exits_got=0
    "$@" || exits_got=$?
    [ "$exits_got" -eq "$exits_wanted" ]
}

verify() { # PURPOSE CHAIN
    openssl verify -crl_check_all -x509_strict -purpose "$1" -CAfile "$dir/authority/trust.pem" \
        -CRLfile "$dir/authority/crl.pem" -untrusted "$2" "$2"
}

refused_with() { # REASON CHAIN
    verify sslclient "$2" >"$scratch/verdict" 2>&1 && return 1
    cat "$scratch/verdict"
    grep -q "$1" "$scratch/verdict"
}

names() { openssl x509 -noout -ext subjectAltName -in "$1" | sed 1d | tr -d ' ' | tr ',' '\n'; }
only_uri() { [ "$(names "$1" | grep '^URI:')" = "URI:$2" ]; }
has_host() { names "$1" | grep -qx "$2"; }
extension() { openssl x509 -noout -ext "$2" -in "$1" | sed 1d | sed 's/^ *//; s/ *$//'; }
extension_is() { [ "$(extension "$1" "$2")" = "$3" ]; }
same_key() { [ "$(openssl x509 -noout -pubkey -in "$1.chain.crt")" = "$(openssl pkey -pubout -in "$1.key")" ]; }
mode_is() { [ "$(stat -c %a "$1")" = "$2" ]; }
count_is() { [ "$(grep -c "$1" "$2")" -eq "$3" ]; }

# Each list of crl.pem: its issuer and how many seconds it is valid for.
each_crl_lasts_30_days() {
    awk -v stem="$scratch/list" '/BEGIN X509 CRL/ { n++ } { print > (stem "." n) }' "$dir/authority/crl.pem"
    for list in "$scratch"/list.*; do
        crl_from=$(openssl crl -noout -lastupdate -in "$list" | cut -d= -f2)
        crl_until=$(openssl crl -noout -nextupdate -in "$list" | cut -d= -f2)
        crl_days=$((($(date -d "$crl_until" +%s) - $(date -d "$crl_from" +%s)) / 86400))
        [ "$crl_days" -eq 30 ] || return 1
        openssl crl -noout -issuer -in "$list"
    done | sort -u >"$scratch/issuers"
    cat "$scratch/issuers"
    [ "$(wc -l <"$scratch/issuers")" -eq 3 ]
}

# A temporary file or lock left behind would be a key lying about, or the next run refused.
nothing_left_behind() {
    ! find "$dir" -name 'lock' -o -name 'leaf.*' -o -name '*.new' -o -name 'making' -o -name '*.csr' | grep .
}

police=$dir/parties/west-mercia-police
long=$(printf 'a%.0s' 1 2 3 4 5 6 7 8)
long=$long$long$long$long$long$long$long$long

claim 'nothing is issued before there is an authority' exits 1 authority party "$dir" west-midlands hub
claim 'init makes the authority' authority init "$dir" west-midlands
claim 'a second init is refused' exits 1 authority init "$dir" west-midlands
claim 'the gateway gets a certificate' authority gateway "$dir" west-midlands localhost 127.0.0.1 ::1
claim 'a party gets one' authority party "$dir" west-midlands west-mercia-police hooks.police.example
claim 'a party with the longest name gets one' authority party "$dir" west-midlands "$long"
claim 'a person gets one' authority person "$dir" west-midlands hub dpo-1

for chain in "$dir/tls/gateway" "$police" "$dir/parties/$long" "$dir/people/hub.dpo-1"; do
    short=${chain#"$dir/"}
    claim "$short verifies as a client, with all lists, strictly" verify sslclient "$chain.chain.crt"
    claim "$short: the key belongs to the certificate" same_key "$chain"
    claim "$short: the key is 0600" mode_is "$chain.key" 600
    claim "$short: no CA" extension_is "$chain.chain.crt" basicConstraints 'CA:FALSE'
    claim "$short: digital signature only" extension_is "$chain.chain.crt" keyUsage 'Digital Signature'
    claim "$short: has a subject key identifier" extension "$chain.chain.crt" subjectKeyIdentifier
    claim "$short: has an authority key identifier" extension "$chain.chain.crt" authorityKeyIdentifier
    claim "$short: leaf and issuing CA, not the root" count_is 'BEGIN CERTIFICATE' "$chain.chain.crt" 2
done
both='TLS Web Server Authentication, TLS Web Client Authentication'
claim 'the gateway may serve and call' extension_is "$dir/tls/gateway.chain.crt" extendedKeyUsage "$both"
claim 'a party may call and serve its webhook' extension_is "$police.chain.crt" extendedKeyUsage "$both"
claim 'a party verifies as a server' verify sslserver "$police.chain.crt"
claim 'a person may only call and sign' \
    extension_is "$dir/people/hub.dpo-1.chain.crt" extendedKeyUsage 'TLS Web Client Authentication, E-mail Protection'
claim 'a person verifies as a signer' verify smimesign "$dir/people/hub.dpo-1.chain.crt"
claim 'a party signs nothing' fails verify smimesign "$police.chain.crt"
claim 'a person does not verify as a server' fails verify sslserver "$dir/people/hub.dpo-1.chain.crt"
claim 'the gateway has exactly its URI' only_uri "$dir/tls/gateway.chain.crt" urn:concordat:west-midlands:party:gateway
claim 'a party has exactly its URI' only_uri "$police.chain.crt" urn:concordat:west-midlands:party:west-mercia-police
claim 'a person has exactly their URI' \
    only_uri "$dir/people/hub.dpo-1.chain.crt" urn:concordat:west-midlands:person:hub:dpo-1
claim 'no CN says who the person is' \
    fails sh -c 'openssl x509 -noout -subject -in "$1" | grep -q dpo-1' - "$dir/people/hub.dpo-1.chain.crt"
claim 'the gateway has its DNS name' has_host "$dir/tls/gateway.chain.crt" DNS:localhost
claim 'the gateway has its IPv4 address' has_host "$dir/tls/gateway.chain.crt" IPAddress:127.0.0.1
claim 'the gateway has its IPv6 address' has_host "$dir/tls/gateway.chain.crt" IPAddress:0:0:0:0:0:0:0:1
claim 'private/ is 0700' mode_is "$dir/authority/private" 700
claim 'trust.pem holds one certificate' count_is 'BEGIN CERTIFICATE' "$dir/authority/trust.pem" 1
claim 'one list for each of three CAs, valid for 30 days' each_crl_lasts_30_days

for id in '' 'a b' 'a/b' '../x' 'a:b' 'é' "${long}x" 'a
b'; do
    claim "a party id like \`$(printf %s "$id" | tr '\n' '~')\` is refused" \
        exits 64 authority party "$dir" west-midlands "$id"
done
claim 'a bad person id is refused' exits 64 authority person "$dir" west-midlands hub 'Ada Example'
claim 'a bad deployment is refused' exits 64 authority init "$scratch/other" 'west:midlands'
claim 'a bad host is refused' exits 64 authority party "$dir" west-midlands hub '*.police.example'
claim 'a host cannot carry a second name' exits 64 authority party "$dir" west-midlands hub 'a.example,URI:urn:x'
claim 'no party may be called gateway' exits 64 authority party "$dir" west-midlands gateway
claim 'another deployment is refused' exits 1 authority party "$dir" east-midlands hub
claim 'nothing was made by what was refused' fails test -e "$dir/parties/hub.key"
claim 'no command is misuse' exits 64 authority
claim 'an unknown command is misuse' exits 64 authority destroy "$dir"
claim 'help is help' authority help

cp "$police.key" "$scratch/before.key"
claim 'a key is never overwritten' exits 1 authority party "$dir" west-midlands west-mercia-police
claim 'the key is what it was' cmp "$scratch/before.key" "$police.key"

claim 'bad makes its certificates' authority bad "$dir" west-midlands west-mercia-police
claim 'revoked is refused as revoked' refused_with 'certificate revoked' "$dir/bad/revoked.chain.crt"
claim 'expired is refused as expired' refused_with 'has expired' "$dir/bad/expired.chain.crt"
claim 'wrong-ca is refused for its issuer' refused_with 'unable to get' "$dir/bad/wrong-ca.chain.crt"
claim 'server-only is refused as a client' refused_with 'purpose' "$dir/bad/server-only.chain.crt"
for name in no-uri two-uris other-deployment; do
    claim "$name is in order but for its name" verify sslclient "$dir/bad/$name.chain.crt"
done
claim 'no-uri has none' fails sh -c 'openssl x509 -noout -ext subjectAltName -in "$1" | grep URI:' - \
    "$dir/bad/no-uri.chain.crt"
two_uris() { [ "$(names "$1" | grep -c '^URI:')" -eq 2 ]; }
claim 'two-uris has two' two_uris "$dir/bad/two-uris.chain.crt"
claim 'other-deployment names another' only_uri "$dir/bad/other-deployment.chain.crt" \
    urn:concordat:other-than-west-midlands:party:west-mercia-police

claim 'a good certificate can be revoked' authority revoke "$dir" "$police.chain.crt"
claim 'from then on it is refused' refused_with 'certificate revoked' "$police.chain.crt"
claim 'revoking it again changes nothing and is no error' authority revoke "$dir" "$police.chain.crt"
claim 'the others still verify' verify sslclient "$dir/people/hub.dpo-1.chain.crt"
claim 'an expired certificate can be revoked' authority revoke "$dir" "$dir/bad/expired.chain.crt"
claim 'a foreign certificate cannot' exits 1 authority revoke "$dir" "$dir/bad/wrong-ca.chain.crt"
claim 'a key is not a certificate' exits 1 authority revoke "$dir" "$police.key"
claim 'the root cannot be revoked by itself' exits 1 authority revoke "$dir" "$dir/authority/root.crt"
claim 'an issuing CA can be revoked' authority revoke "$dir" "$dir/authority/people.crt"
claim 'and takes its people with it' refused_with 'certificate revoked' "$dir/people/hub.dpo-1.chain.crt"
claim 'the lists can be published anew' authority crl "$dir"
claim 'they still hold what they held' refused_with 'certificate revoked' "$police.chain.crt"
claim 'nothing is left behind' nothing_left_behind
mkdir "$dir/authority/private/lock"
claim 'a second writer is refused' exits 1 authority party "$dir" west-midlands hub

[ "$failures" -eq 0 ] || {
    printf '%d claims about authority.sh do not hold\n' "$failures" >&2
    exit 1
}
