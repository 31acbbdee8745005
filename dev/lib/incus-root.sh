# shellcheck shell=bash
# The folder with the programs of Incus: a minimal Debian 13. Sourced by dev/incus.

make_root() {
    local root=$PLACE/root recipe
    recipe="$(suite_of_incus) $(packages)"
    if [ "$(cat "$root/recipe" 2>/dev/null)" != "$recipe" ]; then
        say "fetching Incus $VERSION and what it needs from Debian 13 (half a minute)"
        need mmdebstrap debian-archive-keyring iproute2
        fetch_root "$root.new"
        # root needs no setuid, and a copy of su that nobody updates is no good on a machine of several users.
        find "$root.new" -xdev -type f -perm /6000 -exec chmod ug-s {} +
        rm -rf --one-file-system "$root"
        echo "$recipe" >"$root.new/recipe"
        mv "$root.new" "$root"
    fi
    share_group "$root"
    trust_loopback "$root"
    make_client "$root"
}

# 6.0 is the Incus of Debian 13, 7.0 the one of its backports.
suite_of_incus() {
    if [ "$VERSION" = 6 ]; then echo trixie; else echo trixie-backports; fi
}

# Only what the daemon calls. Nothing in this list starts anything, as it is not installed on the machine itself.
packages() {
    local all=("incus-base/$(suite_of_incus)" "incus-client/$(suite_of_incus)" systemd-standalone-sysusers
        iproute2 nftables dnsmasq-base kmod btrfs-progs squashfs-tools xz-utils zstd uidmap attr rsync)
    # Since 6.3 Incus pulls OCI images, with these two.
    [ "$VERSION" = 6 ] || all+=(skopeo umoci)
    (IFS=,; echo "${all[*]}")
}

fetch_root() { # FOLDER
    local mirror keyring options=()
    mirror=$(debian_mirror)
    keyring=$(debian_keyring "$mirror")
    [ -z "$keyring" ] || options+=(--keyring="$keyring")
    # The backports are where the release itself is, so its line gives theirs.
    [ "$VERSION" = 6 ] \
        || options+=(--setup-hook="sed -n 's/ trixie main/ trixie-backports main/p' \"\$1/etc/apt/sources.list\" >>\"\$1/etc/apt/sources.list.d/backports.list\"")
    rm -rf --one-file-system "$1"
    mkdir -p "$1"
    # In a mount namespace of its own, so that it leaves no mount behind where it is interrupted.
    unshare --mount --propagation private -- \
        mmdebstrap --mode=root --variant=essential --components=main --include="$(packages)" "${options[@]}" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        trixie "$1" ${mirror:+"$mirror"} </dev/null >&2 \
        || die "could not fetch Incus from Debian 13" "look at the lines above; is a Debian archive within reach that has the suite $(suite_of_incus)?"
}

# skopeo asks the registry of dev/registry by plain HTTP, which is on one of these ports. Nobody can tell it so through Incus.
trust_loopback() { # ROOT
    local port
    mkdir -p "$1/etc/containers/registries.conf.d"
    for port in $(seq 5000 5019); do
        printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' "$port"
    done >"$1/etc/containers/registries.conf.d/loopback.conf"
}

# The group of the socket has to be the machine's, not the one that happens to have the same name in there.
share_group() { # ROOT
    local gid
    gid=$(getent group incus-admin | cut -d: -f3) || return 0
    [ -z "$gid" ] || sed -i "s/^incus-admin:x:[0-9]*:/incus-admin:x:$gid:/" "$1/etc/group"
}

# The incus of that root as a command of the machine, for any user: the root's own loader and libraries run it anywhere.
# It talks to this daemon even where the user's configuration of Incus has another default. To look at images in
# registries it runs skopeo.
make_client() { # ROOT
    local loader libraries
    loader=$(find -L "$1/lib" "$1/lib64" -maxdepth 2 -name 'ld-linux*.so.*' -print -quit 2>/dev/null) || true
    libraries=$(dirname "$(find "$1/usr/lib" -maxdepth 2 -name libc.so.6 -print -quit)")
    mkdir -p "$PLACE/bin"
    cat >"$PLACE/bin/incus.new" <<TEXT
#!/bin/sh
export INCUS_DIR='$INCUS_DIR' INCUS_SOCKET='$INCUS_SOCKET' INCUS_REMOTE="\${INCUS_REMOTE:-local}"
exec '$loader' --library-path '$libraries' --argv0 incus '$1/usr/bin/incus' "\$@"
TEXT
    chmod 755 "$PLACE/bin/incus.new"
    mv "$PLACE/bin/incus.new" "$PLACE/bin/incus"
    [ "$VERSION" != 6 ] || return 0
    cat >"$PLACE/bin/skopeo.new" <<TEXT
#!/bin/sh
exec '$loader' --library-path '$libraries' --argv0 skopeo '$1/usr/bin/skopeo' \\
    --registries-conf '$1/etc/containers/registries.conf.d/loopback.conf' "\$@"
TEXT
    chmod 755 "$PLACE/bin/skopeo.new"
    mv "$PLACE/bin/skopeo.new" "$PLACE/bin/skopeo"
}
