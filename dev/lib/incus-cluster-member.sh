#!/bin/bash
# A network of a member's own, joined to the switch of its cluster; then what follows. dev/incus starts it.
set -eu

join() { # MEMBER ADDRESS SWITCH
    hostname "$1"
    ip link set lo up
    # One that was killed a moment ago may still hold its end.
    nsenter --net="$3" ip link delete "$1" 2>/dev/null || true
    ip link add eth0 type veth peer name "$1" netns "$3"
    ip address add "$2" dev eth0
    ip link set eth0 up
    nsenter --net="$3" ip link set "$1" master switch up
}

join "$1" "$2" "$3"
shift 3
exec "$@"
