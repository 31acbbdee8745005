# shellcheck shell=bash
# What every script in dev/ shares: messages, root, packages, the place for state. Source it; it runs nothing.

# Everything that dev/ keeps between runs stands below these two folders and nowhere else.
# The socket's path has to stay under the 108 bytes of sockaddr_un, so the state stands near the root.
STATE_HOME=${INCUS_STEMCELL_DEV_STATE:-/var/lib/incus-stemcell-dev}
CACHE_HOME=${INCUS_STEMCELL_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/incus-stemcell-dev}

say() { printf '%s\n' "==> $*" >&2; }

# die WHAT_FAILED WHAT_TO_DO
die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    [ $# -lt 2 ] || printf '  what to do: %s\n' "$2" >&2
    exit 1
}

# as_root COMMAND...: runs it as root, by sudo only where we are not root already.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "'$*' needs root rights and there is no sudo" "run this as root, or install sudo"
    fi
}

# distribution: debian-12, debian-13, ubuntu-24.04, ...
distribution() {
    (
        # shellcheck source=/dev/null
        . /etc/os-release && printf '%s-%s\n' "$ID" "$VERSION_ID"
    )
}

# debian_mirror: the Debian archive that this machine's own apt uses, so that a private mirror is respected;
# empty where it uses none (Ubuntu): mmdebstrap then takes its own default.
debian_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL) $(CREATED_BY)' \
        | awk '$2 == "Debian" && $3 == "Debian" && $NF == "Packages" { print $1; exit }'
}

# need PACKAGE...: installs those that are missing. TARGET_RELEASE=suite takes them from that suite.
need() {
    local missing=() package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    apt_update_once
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install -y -q --no-install-recommends \
        ${TARGET_RELEASE:+-t "$TARGET_RELEASE"} "${missing[@]}" >&2 \
        || die "could not install ${missing[*]}" "install them by hand, then run this again"
}

apt_update_once() {
    [ -z "${APT_UPDATED:-}" ] || return 0
    as_root apt-get -o DPkg::Lock::Timeout=300 update -q >&2 || die "apt-get update failed" "look at the lines above; check /etc/apt and the network"
    APT_UPDATED=1
}

# debian_keyring MIRROR: the keys by which apt here checks that mirror, as a private one may sign with its own.
debian_keyring() {
    local keyring
    keyring=$(
        {
            cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list | sed -n 's/^deb .*signed-by=\([^] ,]*\).*\] *\([^ ]*\).*/\2 \1/p'
            awk -v RS='' '
                { uris = ""; key = "" }
                { for (i = 1; i < NF; i++) if ($i == "URIs:") uris = $(i + 1); else if ($i == "Signed-By:") key = $(i + 1) }
                uris && key ~ "^/" { print uris, key }' /etc/apt/sources.list.d/*.sources
        } 2>/dev/null | awk -v mirror="${1%/}" '{ sub("/$", "", $1) } $1 == mirror && !found { print $2; found = 1 }'
    ) || true
    if [ -n "$keyring" ]; then
        echo "$keyring"
    elif [ -e /usr/share/keyrings/debian-archive-keyring.gpg ]; then
        echo /usr/share/keyrings/debian-archive-keyring.gpg
    fi
}
