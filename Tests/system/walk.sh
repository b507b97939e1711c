# What the walks share: a deployment with a space in its path, a daemon, claims, and curl with a party's certificate.
# Read with `.`, after `root` and `concordat` are set; `run.sh` runs the walks.
#
# shellcheck shell=sh disable=SC2034

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
