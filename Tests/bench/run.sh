#!/bin/sh
# Messages a second and CPU a message of the whole way, beside nginx as a plain mutual-TLS proxy in the same run.
#
# CONCORDAT=path/to/concordat Tests/bench/run.sh
#
# BENCH_SECONDS       how long each load is measured (10)
# BENCH_CONNECTIONS   connections at once (32)
# BENCH_DIRECTORY     where the throw-away deployment is made; its disk is what the log is synced to
# BENCH_TOOLS         directory of bench-load, bench-parts and bench-judge; without it they are built here
# BENCH_PYTHON        a Python that has cedarpy (the one that `make deps-bench` makes)
#
# docs/performance.md says what is measured and how to read it.
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
. "$here/../Interop/deployment.sh"

[ -x "${CONCORDAT:-}" ] || die 'set CONCORDAT to the concordat binary, built for release; `make bench` does'
need nginx curl openssl ps
python=${BENCH_PYTHON:-$repository/.build/bench-cedar/bin/python}
"$python" -c 'import cedarpy' 2>/dev/null || die 'cedarpy is missing; make deps-bench brings it'
seconds=${BENCH_SECONDS:-10}
connections=${BENCH_CONNECTIONS:-32}

if [ -z "${BENCH_TOOLS:-}" ]; then
    CONCORDAT_BENCH=1 swift build --package-path "$repository" --configuration release --product bench-load >&2
    # So that they can count allocations; see AllocationCount.swift.
    for product in bench-parts bench-judge; do
        CONCORDAT_BENCH=1 swift build --package-path "$repository" --configuration release --product "$product" \
            -Xlinker --defsym=malloc=concordat_counted_malloc -Xlinker --defsym=calloc=concordat_counted_calloc \
            -Xlinker --defsym=realloc=concordat_counted_realloc >&2
    done
    BENCH_TOOLS=$(CONCORDAT_BENCH=1 swift build --package-path "$repository" --configuration release --show-bin-path)
fi

proxy='' upstream=''
cleanup() {
    stop_daemon || :
    for process in $proxy $upstream; do kill "$process" 2>/dev/null || :; done
    wait 2>/dev/null || :
    rm -rf "$scratch"
}
scratch=$(mktemp -d -p "${BENCH_DIRECTORY:-${TMPDIR:-/tmp}}")
trap cleanup EXIT
trap 'exit 1' INT TERM

make_deployment
read -r proxy_port upstream_port <<EOF
$(free_ports 2)
EOF

# configure NAME: fills in a configuration of nginx.
configure() {
    user=''
    [ "$(id -u)" -ne 0 ] || user='user root;'
    sed -e "s|@USER@|$user|" -e "s|@SCRATCH@|$scratch|" -e "s|@DEPLOYMENT@|$deployment|" -e "s|@PORT@|$proxy_port|" \
        -e "s|@UPSTREAM_PORT@|$upstream_port|" "$here/$1.conf.in" >"$scratch/$1.conf"
}

# load NAME PORT PARTY TEMPLATE FIRST PIDS: one line of JSON into results.
load() {
    printf 'measuring %s for %s s\n' "$1" "$seconds" >&2
    "$BENCH_TOOLS/bench-load" --port "$2" --party "$3" --template "$scratch/$4" --first "$5" --pids "$6" \
        --deployment "$deployment" --name "$name" --seconds "$seconds" --connections "$connections" >"$scratch/result" ||
        { tail -n 5 "$scratch/daemon.log" "$scratch/nginx.log" >&2; die "the load $1 failed"; }
    printf '%s\t%s\n' "$1" "$(cat "$scratch/result")" >>"$scratch/results"
}

examples=$repository/protocols/rj-west-midlands/examples
printf 'referral: %s\n' "$("$here/messages.py" "$examples" "$scratch")"

# nginx
configure nginx
configure upstream
nginx -c "$scratch/upstream.conf" -e "$scratch/nginx.log" &
upstream=$!
nginx -c "$scratch/nginx.conf" -e "$scratch/nginx.log" &
proxy=$!
sleep 1
kill -0 "$proxy" 2>/dev/null && kill -0 "$upstream" 2>/dev/null || { cat "$scratch/nginx.log" >&2; die 'nginx did not start'; }
workers=$(ps -o pid= --ppid "$proxy" | tr -d ' ' | tr '\n' ',')
load nginx "$proxy_port" west-midlands-police referral.json 0 "${workers%,}"

# The gateway: each message opens a case of its own; then all go to one open case.
start_daemon
send west-midlands-police "$scratch/opening.json" >"$scratch/receipt.json"
printf 'case update: %s\n' "$("$here/messages.py" "$examples" "$scratch" "$scratch/receipt.json")"
send rj-hub "$scratch/screening.json" >/dev/null
send rj-hub "$scratch/allocation.json" >/dev/null
load referral "$data_port" west-midlands-police referral.json 0 "$daemon"
load case-update "$data_port" satellite-ash-tree update.json 0 "$daemon"
# nginx once more: how far the two of its figures are apart is how far to trust the rest.
load nginx-again "$proxy_port" west-midlands-police referral.json 0 "${workers%,}"
stop_daemon || die 'the daemon did not end well after SIGTERM'

"$here/report.py" "$scratch/results" "$connections" "$seconds" "$(stat --file-system --format=%T "$scratch")"
"$BENCH_TOOLS/bench-parts" --protocol "$repository/protocols/rj-west-midlands" --message "$scratch/referral.json"

# The judge on a large protocol, and Cedar on the same rules: its answers have to be the same.
mkdir "$scratch/cedar"
"$BENCH_TOOLS/bench-judge" --cedar "$scratch/cedar"
"$python" "$here/cedar.py" "$scratch/cedar"
