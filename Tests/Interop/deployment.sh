# A throw-away deployment and its daemon, for the scripts that need a whole gateway. Read with `.`; sets and uses:
#
#   CONCORDAT    the binary                     scratch      a directory of the caller's, removed at the end
#   deployment   the deployment's directory     name         its name
#   data_port, desk_port, local_port            daemon       the process id while it runs
#
# shellcheck shell=sh disable=SC2034

repository=$(CDPATH='' cd -- "$here/../.." && pwd -P)
name=training-ground
daemon=''

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

need() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || die "\`$program\` is missing; make deps-interop deps-bench brings it"
    done
}

free_ports() {
    /usr/bin/python3 -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in sockets))' "$1"
}

# make_deployment: certificates for three parties and the deployment's officer; no limit that a load would meet first.
make_deployment() {
    deployment=$scratch/deployment
    read -r data_port desk_port local_port <<EOF
$(free_ports 3)
EOF
    "$CONCORDAT" init "$deployment" --deployment "$name" \
        --protocol "$repository/protocols/rj-west-midlands" \
        --data-port "$data_port" --desk-port "$desk_port" --local-port "$local_port" >/dev/null
    for party in west-midlands-police rj-hub satellite-ash-tree; do
        sh "$deployment/authority/authority.sh" party "$deployment" "$name" "$party" >/dev/null
    done
    sh "$deployment/authority/authority.sh" person "$deployment" "$name" gateway dpo >/dev/null
    # The run must not depend on today lying inside the protocol's period.
    sed -i "s/^period:.*/period: {from: $(date -u -d '30 days ago' +%F), review: $(date -u -d '200 days' +%F), until: $(date -u -d '300 days' +%F)}/" \
        "$deployment/protocol/protocol.yaml"
    sed -i -e 's/^\( *messages-per-second-per-party:\).*/\1 100000\n  queue-max: 1000000/' "$deployment/concordat.yaml"
}

# start_daemon: returns when it is ready.
start_daemon() {
    "$CONCORDAT" serve --config "$deployment/concordat.yaml" >>"$scratch/daemon.log" 2>&1 &
    daemon=$!
    for _ in $(seq 300); do
        kill -0 "$daemon" 2>/dev/null || break
        if curl --silent --fail --output /dev/null "http://127.0.0.1:$local_port/readyz"; then return 0; fi
        sleep 0.1
    done
    tail -n 20 "$scratch/daemon.log" >&2
    die 'the daemon is not ready'
}

# stop_daemon: asks it to end, and answers as it does; after 45 seconds it is killed.
stop_daemon() {
    [ -n "$daemon" ] || return 0
    stopping=$daemon status=0
    daemon=''
    kill "$stopping" 2>/dev/null || :
    for _ in $(seq 450); do
        # A child that has ended stays a zombie until it is waited for.
        case $(ps -o stat= -p "$stopping" 2>/dev/null) in '' | Z*) break ;; esac
        sleep 0.1
    done
    kill -KILL "$stopping" 2>/dev/null || :
    wait "$stopping" 2>/dev/null || status=$?
    return "$status"
}

# ask CERTIFICATE PORT PATH [CURL ARGUMENT...]: one request over mutual TLS; the answer on stdout, and only with status 2xx.
ask() {
    certificate=$1 port=$2 path=$3
    shift 3
    curl --silent --show-error --fail-with-body --tlsv1.3 --max-time 60 \
        --cacert "$deployment/authority/trust.pem" --crlfile "$deployment/authority/crl.pem" \
        --cert "$deployment/$certificate.chain.crt" --key "$deployment/$certificate.key" \
        "$@" "https://127.0.0.1:$port$path"
}

# send PARTY FILE: posts one message; the receipt on stdout.
send() {
    ask "parties/$1" "$data_port" /v1/messages --header 'Content-Type: application/cloudevents+json' --data-binary "@$2"
}
