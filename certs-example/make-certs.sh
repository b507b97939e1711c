#!/bin/sh
# Makes the example deployment's certificates in certs-example/out (or in the directory given): a CA with its
# revocation lists, the gateway, seven parties, four people, and certificates that must be refused.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
authority=$here/../Sources/concordat/Authority/authority.sh
out=${1:-$here/out}
deployment=west-midlands

if [ -e "$out/authority/private" ]; then
    printf 'make-certs.sh: `%s` holds certificates already; remove it to start again\n' "$out" >&2
    exit 1
fi

sh "$authority" init "$out" "$deployment"
sh "$authority" gateway "$out" "$deployment" localhost 127.0.0.1 ::1
# Every party may run a webhook on this machine; in a real deployment the host is the party's own.
for party in west-midlands-police rj-hub probation-west-midlands victim-liaison-west-midlands \
    hmp-birmingham hmp-featherstone satellite-ash-tree; do
    sh "$authority" party "$out" "$deployment" "$party" localhost 127.0.0.1
done
# Two admins, an officer of the deployment and one of a party. The ids are posts, not names.
sh "$authority" person "$out" "$deployment" gateway admin-1
sh "$authority" person "$out" "$deployment" gateway admin-2
sh "$authority" person "$out" "$deployment" gateway dpo
sh "$authority" person "$out" "$deployment" rj-hub dpo
sh "$authority" bad "$out" "$deployment" west-midlands-police
[ -e "$out/concordat.yaml" ] || cp "$here/concordat.yaml" "$out/concordat.yaml"
