# shellcheck shell=bash
# What a daemon leaves on the machine when it ends. Sourced by dev/incus.

# Processes and mounts end with the daemon's world, and with the mounts the loop device. Links, firewall rules, cgroups and
# the switch for forwarding stay. Whatever cannot be cleared is named and does not stand in the way of the rest.
clear_remains() {
    # After a reboot there are none, and a name that was ours may be another's.
    if [ "$(cut -d' ' -f3 "$PLACE/process-1" 2>/dev/null)" = "$(</proc/sys/kernel/random/boot_id)" ]; then
        local bridges subnets
        bridges=$(our_bridges)
        subnets=$(our_subnets "$bridges")
        clear_links "$bridges"
        clear_firewall "$bridges" "$subnets"
        clear_cgroups
        stop_forwarding
    fi
    rm -f "$PLACE/process-1"
}

# The bridge made here, and those that tests made.
our_bridges() {
    local bridge
    for bridge in "$NAME" $(ls "$INCUS_DIR/networks" 2>/dev/null); do
        [ ! -d "/sys/class/net/$bridge/bridge" ] || echo "$bridge"
    done
}

# our_subnets BRIDGES: how the addresses in their subnets begin. A daemon's rules are rarely about parts of a /24.
our_subnets() {
    local bridge
    for bridge in $1; do
        ip -4 -o addr show dev "$bridge" | sed -n 's/.* inet \([0-9]*\.[0-9]*\.[0-9]*\.\).*/\1/p' || true
    done
}

# Where a container ends while the daemon is away, its network card comes back to the machine, where nobody expects it any more.
# A bridge knows the other end of such a card; what the daemon last wrote for each container knows the card.
our_cards() { # BRIDGES
    local bridge
    for bridge in $1; do
        ls "/sys/class/net/$bridge/brif"
    done
    [ ! -d "$INCUS_DIR/run" ] || find "$INCUS_DIR/run" -name lxc.conf -exec sed -n 's/^lxc\.net\..*link = \(veth.*\)/\1/p' {} +
}

clear_links() { # BRIDGES
    local link
    for link in $(our_cards "$1") $1; do
        [ ! -e "/sys/class/net/$link" ] || ip link delete "$link" || say "the network link $link could not be deleted"
    done
}

# All daemons on a machine share their tables, so only the chains of this one may go.
clear_firewall() { # BRIDGES SUBNETS
    local chains chain bridge family table
    chains=$(our_chains "$1" "$2")
    # Emptied first and deleted then, as they refer to each other.
    while read -r family chain; do
        [ -z "$chain" ] || nft flush chain "$family" incus "$chain" || true
    done <<<"$chains"
    while read -r family chain; do
        [ -z "$chain" ] || nft delete chain "$family" incus "$chain" || say "the firewall chain $family incus $chain could not be deleted"
    done <<<"$chains"
    for bridge in $1; do
        # 7.0 also keeps a set of all bridges.
        nft delete element inet incus bridges "{ $bridge }" 2>/dev/null || true
    done
    for family in inet bridge; do
        table=$(nft list table "$family" incus 2>/dev/null) || continue
        # Others on this machine have theirs in it.
        [[ $table == *chain* ]] || nft delete table "$family" incus || true
    done
}

# Chains are called KIND.BRIDGE, or KIND.INSTANCE.DEVICE: then their rules say whose they are, by an address in our subnets
# or, in the table for bridges, by a card that is gone.
our_chains() { # BRIDGES SUBNETS
    local gone
    gone=$(nft list table bridge incus 2>/dev/null | grep -o '"veth[0-9a-f]*"' | sort -u | tr -d '"' \
        | while read -r link; do [ -e "/sys/class/net/$link" ] || echo "\"$link\""; done) || true
    { nft list table inet incus; nft list table bridge incus; } 2>/dev/null \
        | awk -v names="$(xargs <<<"$1")" -v marks="$(tr '\n' ' ' <<<"$2 $gone")" '
            BEGIN { split(names, list); for (i in list) ours[list[i]]; split(marks, mark) }
            $1 == "table" { family = $2 }
            $1 == "chain" { chain = $2; found = substr(chain, index(chain, ".") + 1) in ours }
            { for (i in mark) if (index($0, mark[i])) found = 1 }
            /^\t}/ { if (chain && found) print family, chain; chain = "" }' || true
}

# The machine need not have one itself.
nft() { chroot "$PLACE/root" /usr/sbin/nft "$@"; }

clear_cgroups() {
    mkdir -p "$PLACE/cgroups"
    # shellcheck disable=SC2016 # $1 and $2 are for the inner shell
    unshare --mount --propagation private -- bash -c '
        mount -t cgroup2 none "$2"
        [ -d "$2/$1" ] || exit 0
        # A process that is killed stays in its cgroup until it has ended, and what is not empty cannot go.
        echo 1 >"$2/$1/cgroup.kill"
        i=0
        until grep -qx "populated 0" "$2/$1/cgroup.events" || [ "$((i += 1))" -gt 200 ]; do sleep 0.05; done
        find "$2/$1" -depth -type d -exec rmdir {} +' - "$NAME" "$PLACE/cgroups" \
        || say "the cgroup $NAME could not be deleted; a process in it may still be ending"
    rmdir "$PLACE/cgroups"
}

# Incus switches the machine's forwarding on. Who finds it off notes that, and the last one to leave switches it off again,
# unless a bridge says that somebody else has begun to need it.
FORWARDING=/proc/sys/net/ipv4/ip_forward
FORWARDING_WAS_OFF=/run/incus-stemcell-dev.forwarding-was-off

note_forwarding() {
    [ "$(<$FORWARDING)" = 1 ] || : >"$FORWARDING_WAS_OFF"
}

stop_forwarding() {
    [ -e "$FORWARDING_WAS_OFF" ] || return 0
    ! compgen -G '/sys/class/net/*/bridge' >/dev/null || return 0
    echo 0 >"$FORWARDING"
    rm "$FORWARDING_WAS_OFF"
}
