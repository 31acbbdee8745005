#!/bin/sh
# trust-remote.sh URL SERVER_CERTIFICATE CLIENT_CERTIFICATE CLIENT_KEY: makes a remote Incus known where there is no incus
# command, as "incus remote add" would: the certificates and the key are files in PEM format. INCUS_CONF names the folder.
set -eu
[ $# -eq 4 ] || { echo "usage: $0 URL SERVER_CERTIFICATE CLIENT_CERTIFICATE CLIENT_KEY" >&2; exit 2; }

folder=${INCUS_CONF:?has to name a folder for the certificates and the key}
umask 077
mkdir -p "$folder/servercerts"
cp "$2" "$folder/servercerts/ci.crt"
cp "$3" "$folder/client.crt"
cp "$4" "$folder/client.key"
cat >"$folder/config.yml" <<CONFIG
default-remote: ci
remotes:
  ci:
    addr: $1
    auth_type: tls
    protocol: incus
    public: false
CONFIG
