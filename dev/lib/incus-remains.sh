# shellcheck shell=bash
# What a daemon leaves on the machine when it ends. Sourced by dev/incus.

# Processes and mounts end with the daemon's world, and with the mounts the loop device. Left are links, firewall rules, cgroups.
clear_remains() {
    local network
    for network in "$NAME" $(ls "$INCUS_DIR/networks" 2>/dev/null); do
        clear_bridge "$network"
    done
    clear_cgroup
    rm -f "$PLACE/process-1"
}

clear_bridge() { # NAME
    local link
    [ -d "/sys/class/net/$1/bridge" ] || return 0
    for link in "/sys/class/net/$1/brif"/*; do
        [ ! -e "$link" ] || ip link delete "${link##*/}" 2>/dev/null || true
    done
    ip link delete "$1" || true
}

clear_cgroup() {
    unshare --mount --propagation private -- bash -c '
        set -e
        mkdir -p "$2/cgroups"
        mount -t cgroup2 none "$2/cgroups"
        [ ! -d "$2/cgroups/$1" ] || find "$2/cgroups/$1" -depth -type d -exec rmdir {} +' - "$NAME" "$PLACE" \
        || say "the cgroup $NAME is still in use"
    rmdir "$PLACE/cgroups" 2>/dev/null || true
}
