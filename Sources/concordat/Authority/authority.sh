#!/bin/sh
# The certificate authority of one Concordat deployment: a root, an issuing CA for parties, one for people, and a
# revocation list for each. POSIX sh and the openssl tool are all it needs; keep it, and private/, off the gateway host.
#
# Identity is one SAN URI and nothing else:
#   urn:concordat:<deployment>:party:<party>          urn:concordat:<deployment>:person:<party>:<id>
# The subject's CN is never a person's name: certificates cross the wire and lie in logs.
set -eu
umask 077
export LC_ALL=C
unset OPENSSL_CONF 2>/dev/null || :

# Bound: lifetimes in days. A list outlives a long weekend; a leaf does not outlive a year by much.
root_days=3650
issuing_days=1825
leaf_days=397
crl_days=30

usage() {
    cat <<'USAGE'
authority.sh: the certificate authority of one Concordat deployment

  authority.sh init    DIR DEPLOYMENT                   make the root, both issuing CAs and their revocation lists
  authority.sh gateway DIR DEPLOYMENT HOST...           issue the gateway's certificate (server and client)
  authority.sh party   DIR DEPLOYMENT PARTY [HOST...]   issue a party's certificate (client; server for its webhook)
  authority.sh person  DIR DEPLOYMENT PARTY ID          issue the certificate of a person who works for a party
  authority.sh revoke  DIR CERT [REASON]                revoke a certificate and publish the lists anew
  authority.sh crl     DIR                              publish the lists anew; they are valid for 30 days
  authority.sh bad     DIR DEPLOYMENT PARTY             make certificates that must be refused, for tests
  authority.sh help                                     this text

DIR is the deployment's directory. DEPLOYMENT, PARTY and ID are 1 to 64 characters of A-Z a-z 0-9 . _ -
HOST is a DNS name or an IP address. REASON is keyCompromise, affiliationChanged, superseded or cessationOfOperation:
what a person signed before any but the first goes on counting; without a reason it counts no more. A key or certificate that is already there is never overwritten.

  DIR/authority/   root.crt parties.crt people.crt trust.pem crl.pem, and private/ with the CA keys
  DIR/tls/         gateway.chain.crt gateway.key
  DIR/parties/     PARTY.chain.crt PARTY.key
  DIR/people/      PARTY.ID.chain.crt PARTY.ID.key
  DIR/bad/         revoked expired wrong-ca no-uri two-uris other-deployment server-only
USAGE
}

die() {
    printf 'authority.sh: %s\n' "$1" >&2
    exit 1
}

misuse() {
    printf 'authority.sh: %s\n' "$1" >&2
    printf 'try: authority.sh help\n' >&2
    exit 64
}

# Runs openssl; its chatter is shown only when it fails.
quietly() {
    quietly_said=$("$@" 2>&1) || {
        printf '%s\n' "$quietly_said" >&2
        die "openssl failed, see above"
    }
}

check_id() { # WHAT VALUE
    case $2 in
    '' | *[!A-Za-z0-9._-]*) misuse "the $1 must be 1 to 64 characters of A-Z a-z 0-9 . _ -" ;;
    esac
    [ "${#2}" -le 64 ] || misuse "the $1 is longer than 64 characters"
}

check_host() {
    case $1 in
    '' | *[!A-Za-z0-9.:-]* | .* | -* | *..* | *.) misuse "a host must be a DNS name or an IP address, without wildcards" ;;
    esac
    [ "${#1}" -le 253 ] || misuse "a host is longer than 253 characters"
}

# The directory must hold an authority, of that deployment where one is named.
open_authority() { # DIR [DEPLOYMENT]
    [ -d "$1/authority/private" ] || die "no authority in \`$1\`; make one with: authority.sh init"
    dir=$(CDPATH='' cd -- "$1" && pwd -P)
    private=$dir/authority/private
    deployment=$(cat "$private/deployment")
    if [ $# -gt 1 ]; then
        check_id deployment "$2"
        [ "$deployment" = "$2" ] || die "this authority belongs to the deployment \`$deployment\`, not \`$2\`"
    fi
    lock
}

# One writer at a time: the index files of openssl know no locking.
lock() {
    mkdir "$private/lock" 2>/dev/null ||
        die "another run holds \`$private/lock\`; if none is running, remove that directory"
    trap 'rm -rf "$private/lock"' EXIT
    trap 'exit 130' HUP INT TERM
}

refuse_existing() {
    for refuse_path in "$@"; do
        if [ -e "$refuse_path" ] || [ -h "$refuse_path" ]; then
            die "\`$refuse_path\` is already there; to renew, move it and its companion away first"
        fi
    done
}

# The settings of all three CAs, with paths relative to private/.
write_config() {
    for config_ca in root parties people; do
        cat <<CONFIG
[$config_ca]
database = $config_ca.index
crlnumber = $config_ca.crlnumber
certificate = ../$config_ca.crt
private_key = $config_ca.key
new_certs_dir = issued
default_md = sha256
default_days = $leaf_days
default_crl_days = $crl_days
rand_serial = yes
unique_subject = no
copy_extensions = none
email_in_dn = no
policy = subject_policy
crl_extensions = crl_extensions

CONFIG
    done
    cat <<'CONFIG'
[subject_policy]
organizationName = supplied
commonName = supplied

[crl_extensions]
authorityKeyIdentifier = keyid:always

[req]
distinguished_name = no_prompt
string_mask = utf8only
prompt = no

[no_prompt]

[root_extensions]
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always

[parties_extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always

[people_extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = clientAuth, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
CONFIG
}

make_key() { # FILE
    quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve -out "$1"
}

# Makes root, parties and people in the private directory $1; certificates land in its parent.
make_cas() { # PRIVATE DEPLOYMENT
    (
        cd -- "$1"
        mkdir issued
        write_config >ca.cnf
        for ca in root parties people; do
            make_key "$ca.key"
            : >"$ca.index"
            printf '01\n' >"$ca.crlnumber"
        done
        quietly openssl req -new -x509 -config ca.cnf -extensions root_extensions -key root.key -sha256 \
            -days "$root_days" -subj "/O=$2/CN=Concordat root" -out ../root.crt
        for ca in parties people; do
            quietly openssl req -new -config ca.cnf -key "$ca.key" -sha256 -subj "/O=$2/CN=Concordat $ca" -out "$ca.csr"
            quietly openssl ca -batch -notext -config ca.cnf -name root -extensions "${ca}_extensions" \
                -days "$issuing_days" -in "$ca.csr" -out "../$ca.crt"
            rm "$ca.csr"
        done
    )
}

# Order matters: all three lists are made before the published file is replaced, in one rename.
publish_crls() {
    (
        cd -- "$private"
        : >crl.new
        for ca in root parties people; do
            quietly openssl ca -batch -config ca.cnf -name "$ca" -gencrl -crldays "$crl_days" -out "$ca.crl.new"
            cat "$ca.crl.new" >>crl.new
            rm "$ca.crl.new"
        done
        mv crl.new ../crl.pem
    )
}

# Extensions of a leaf: its use, its URIs and its hosts.
leaf_extensions() { # USE URIS HOSTS, the last two separated by spaces
    printf '%s\n' 'basicConstraints = critical, CA:FALSE' 'keyUsage = critical, digitalSignature' \
        "extendedKeyUsage = $1" 'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid:always'
    [ -z "$2$3" ] || printf '%s\n' 'subjectAltName = @names' '[names]'
    names_count=0
    for name in $2; do
        names_count=$((names_count + 1))
        printf 'URI.%d = %s\n' "$names_count" "$name"
    done
    for name in $3; do
        names_count=$((names_count + 1))
        case $name in
        *:*) printf 'IP.%d = %s\n' "$names_count" "$name" ;;
        *[!0-9.]*) printf 'DNS.%d = %s\n' "$names_count" "$name" ;;
        *) printf 'IP.%d = %s\n' "$names_count" "$name" ;;
        esac
    done
}

# Issues one leaf as TARGET.chain.crt and TARGET.key; nothing is left behind on failure.
#
# leaf_start and leaf_end, where set, are its dates; issuer is the private directory of the CAs.
issue() { # CA CN USE URIS HOSTS TARGET
    refuse_existing "$6.key" "$6.chain.crt"
    mkdir -p "$(dirname "$6")"
    work=$private/lock
    rm -f "$work"/leaf.*
    make_key "$work/leaf.key"
    leaf_extensions "$3" "$4" "$5" >"$work/leaf.ext"
    (
        cd -- "$issuer"
        quietly openssl req -new -config ca.cnf -key "$work/leaf.key" -sha256 -subj "/O=$deployment/CN=$2" \
            -out "$work/leaf.csr"
        set -- -batch -notext -config ca.cnf -name "$1" -extfile "$work/leaf.ext"
        [ -z "${leaf_start-}" ] || set -- "$@" -startdate "$leaf_start"
        [ -z "${leaf_end-}" ] || set -- "$@" -enddate "$leaf_end"
        quietly openssl ca "$@" -in "$work/leaf.csr" -out "$work/leaf.crt"
    )
    cat "$work/leaf.crt" "$issuer/../$1.crt" >"$work/leaf.chain"
    # ln refuses an existing target, so that a key made meanwhile is not overwritten either.
    ln "$work/leaf.key" "$6.key" || die "could not place \`$6.key\`"
    ln "$work/leaf.chain" "$6.chain.crt" || die "could not place \`$6.chain.crt\`"
    rm -f "$work"/leaf.*
    printf '%s\n' "$6.chain.crt" "$6.key"
}

init() { # DIR DEPLOYMENT
    check_id deployment "$2"
    mkdir -p -- "$1/authority"
    dir=$(CDPATH='' cd -- "$1" && pwd -P)
    private=$dir/authority/private
    refuse_existing "$private" "$dir/authority/root.crt" "$dir/authority/trust.pem"
    making=$dir/authority/making
    mkdir "$making" 2>/dev/null || die "\`$making\` is left from a run that was cut short; remove it and try again"
    trap 'rm -rf "$making"' EXIT
    trap 'exit 130' HUP INT TERM
    mkdir "$making/private"
    make_cas "$making/private" "$2"
    printf '%s\n' "$2" >"$making/private/deployment"
    for ca in root parties people; do
        mv "$making/$ca.crt" "$dir/authority/$ca.crt"
    done
    cp "$dir/authority/root.crt" "$dir/authority/trust.pem"
    # Order matters: private/ comes last; without it the directory does not count as an authority.
    mv "$making/private" "$private"
    rmdir "$making"
    [ ! -f "$0" ] || [ -e "$dir/authority/authority.sh" ] || {
        cp -- "$0" "$dir/authority/authority.sh"
        chmod 700 "$dir/authority/authority.sh"
    }
    publish_crls
    printf '%s\n' "$dir/authority/trust.pem" "$dir/authority/crl.pem"
}

# Which CA issued the certificate $1; dates do not matter, an expired one may be revoked too.
#
# The root is asked first: a trusted issuing CA would vouch for itself.
issuer_of() {
    for ca in root parties people; do
        if openssl verify -no_check_time -partial_chain -CAfile "$dir/authority/$ca.crt" "$1" >/dev/null 2>&1; then
            printf '%s\n' "$ca"
            return
        fi
    done
    die "\`$1\` was not issued by this authority"
}

# Marks the certificate $1 as revoked, for the reason $2 where one is given; a second time changes nothing.
mark_revoked() {
    revoke_ca=$(issuer_of "$1")
    revoke_serial=$(openssl x509 -noout -serial -in "$1" | cut -d= -f2)
    if awk -F '\t' -v serial="$revoke_serial" '$1 == "R" && $4 == serial { found = 1 } END { exit !found }' \
        "$private/$revoke_ca.index"; then
        printf 'authority.sh: already revoked\n' >&2
        return
    fi
    (cd -- "$private" && quietly openssl ca -batch -config ca.cnf -name "$revoke_ca" -revoke "$1" ${2:+-crl_reason "$2"})
}

revoke() { # DIR CERT [REASON]
    case ${3-} in
    '' | keyCompromise | affiliationChanged | superseded | cessationOfOperation) ;;
    *) misuse "no reason \`$3\` for a revocation" ;;
    esac
    [ -f "$2" ] || die "no certificate at \`$2\`"
    case $2 in
    /*) certificate=$2 ;;
    *) certificate=$PWD/$2 ;;
    esac
    openssl x509 -noout -in "$certificate" 2>/dev/null || die "\`$2\` is not a certificate in PEM"
    open_authority "$1"
    [ "$(openssl x509 -in "$certificate")" != "$(cat "$dir/authority/root.crt")" ] ||
        die "a root cannot be revoked by its own list; make a new authority and distribute its trust.pem"
    mark_revoked "$certificate" "${3-}"
    publish_crls
    printf '%s\n' "$dir/authority/crl.pem"
}

# Certificates that must be refused. Each has one fault and is otherwise in order.
bad() { # DIR DEPLOYMENT PARTY
    check_id party "$3"
    open_authority "$1" "$2"
    issuer=$private
    bad=$dir/bad
    uri=urn:concordat:$deployment:party:$3
    for fault in revoked expired wrong-ca no-uri two-uris other-deployment server-only; do
        refuse_existing "$bad/$fault.key" "$bad/$fault.chain.crt"
    done
    both='serverAuth, clientAuth'
    issue parties "$3" "$both" "$uri" '' "$bad/revoked"
    mark_revoked "$bad/revoked.chain.crt"
    publish_crls
    issue parties "$3" "$both" '' 'no-uri.example' "$bad/no-uri"
    issue parties "$3" "$both" "$uri $uri-second" '' "$bad/two-uris"
    issue parties "$3" "$both" "urn:concordat:other-than-$deployment:party:$3" '' "$bad/other-deployment"
    issue parties "$3" serverAuth "$uri" '' "$bad/server-only"
    leaf_start=20200101000000Z
    leaf_end=20200201000000Z
    issue parties "$3" "$both" "$uri" '' "$bad/expired"
    leaf_start='' leaf_end=''
    # A rogue hierarchy with the very names of the true one: only its keys differ.
    mkdir -p "$private/lock/rogue/private"
    make_cas "$private/lock/rogue/private" "$deployment"
    issuer=$private/lock/rogue/private
    issue parties "$3" "$both" "$uri" '' "$bad/wrong-ca"
}

command -v openssl >/dev/null 2>&1 || die "the openssl tool is missing; install it (Debian: apt-get install openssl)"
[ $# -gt 0 ] || {
    usage >&2
    exit 64
}
command=$1
shift
case $command in
init)
    [ $# -eq 2 ] || misuse "init takes DIR DEPLOYMENT"
    init "$@"
    ;;
gateway)
    [ $# -ge 3 ] || misuse "gateway takes DIR DEPLOYMENT HOST..."
    open_authority "$1" "$2"
    shift 2
    for host in "$@"; do check_host "$host"; done
    issuer=$private
    issue parties gateway 'serverAuth, clientAuth' "urn:concordat:$deployment:party:gateway" "$*" "$dir/tls/gateway"
    ;;
party)
    [ $# -ge 3 ] || misuse "party takes DIR DEPLOYMENT PARTY [HOST...]"
    check_id party "$3"
    [ "$3" != gateway ] || misuse "\`gateway\` is the gateway itself; use: authority.sh gateway"
    open_authority "$1" "$2"
    party=$3
    shift 3
    for host in "$@"; do check_host "$host"; done
    issuer=$private
    issue parties "$party" 'serverAuth, clientAuth' "urn:concordat:$deployment:party:$party" "$*" "$dir/parties/$party"
    ;;
person)
    [ $# -eq 4 ] || misuse "person takes DIR DEPLOYMENT PARTY ID"
    check_id party "$3"
    check_id 'person id' "$4"
    open_authority "$1" "$2"
    issuer=$private
    # emailProtection lets a person sign a protocol: it is what `openssl cms -verify` asks of a signer.
    issue people person 'clientAuth, emailProtection' "urn:concordat:$deployment:person:$3:$4" '' "$dir/people/$3.$4"
    ;;
revoke)
    [ $# -eq 2 ] || [ $# -eq 3 ] || misuse "revoke takes DIR CERT [REASON]"
    revoke "$@"
    ;;
crl)
    [ $# -eq 1 ] || misuse "crl takes DIR"
    open_authority "$1"
    publish_crls
    printf '%s\n' "$dir/authority/crl.pem"
    ;;
bad)
    [ $# -eq 3 ] || misuse "bad takes DIR DEPLOYMENT PARTY"
    bad "$@"
    ;;
help | --help | -h)
    usage
    ;;
*)
    misuse "no command \`$command\`"
    ;;
esac
