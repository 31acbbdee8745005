# shellcheck shell=bash
# A cluster on this one machine. Sourced by dev/incus.
#
# Its switch is a bridge in a network namespace of its own, whose process 1 is that of a process namespace, too: whatever belongs to the
# cluster runs below it, and ends with it, and the links and firewall rules of all members with their namespaces.

CLUSTER_NETWORK=192.168.99
CLUSTER_GUESTS=10.98.0

cluster_up_() {
    [[ $CLUSTER =~ ^[1-9]$ ]] || die "'$CLUSTER' is no number of members" "write --cluster 3; 9 is the most"
    become_root up --cluster "$CLUSTER"
    cluster_place
    lock
    check_machine
    (place; make_root)
    if ! is_running; then
        cluster_clear
        # What does not come up whole leaves nothing, whatever ends this script.
        trap end_cluster EXIT
        start_switch
    fi
    local i
    for ((i = 1; i <= CLUSTER; i++)); do
        start_member "$i"
    done
    for ((i = 1; i <= CLUSTER; i++)); do
        join_member "$i"
    done
    configure_cluster
    relay_https
    trap - EXIT
    say "a cluster of $CLUSTER is up. Use it: eval \"\$($0 env --cluster --version $VERSION)\""
}

cluster_down_() {
    become_root down --cluster
    cluster_place
    lock
    end_cluster
    rm -f "$PLACE.lock"
}

end_cluster() {
    cluster_place
    if is_running; then
        say "ending the cluster"
        kill -KILL "$PROCESS_1"
        wait_for_end || die "process $PROCESS_1 does not end" "something in it hangs in the kernel; a reboot ends it"
    fi
    cluster_clear
}

cluster_clear() {
    local member
    for member in "$PLACE"/m*; do
        [ ! -d "$member" ] || (place_member "${member##*/m}"; clear_cgroups)
    done
    rm -rf --one-file-system "$PLACE"
}

cluster_env_() {
    cluster_place
    is_running || say "the cluster of Incus $VERSION is not up; start it with: $0 up --cluster 3 --version $VERSION"
    place_member 1
    env_
    printf 'export INCUS_STEMCELL_DEV_KILL_MEMBER=%q\n' "'$HERE/incus' kill --version $VERSION --cluster"
    printf 'export INCUS_STEMCELL_DEV_START_MEMBERS=%q\n' "'$HERE/incus' up --version $VERSION --cluster"
}

cluster_status_() {
    cluster_place
    is_running || { echo "the cluster of Incus $VERSION: down"; exit 3; }
    place_member 1
    client cluster list
}

cluster_kill_() {
    become_root kill --cluster "$CLUSTER"
    cluster_place
    [ -d "$PLACE/$CLUSTER" ] || die "the cluster has no member '$CLUSTER'" "$0 status --cluster lists them"
    place_member "${CLUSTER#m}"
    is_running || return 0
    kill -KILL "$PROCESS_1"
    wait_for_end || die "process $PROCESS_1 does not end" "something in it hangs in the kernel; a reboot ends it"
}

cluster_place() {
    PLACE=$STATE_HOME/$VERSION-cluster
    NAME=isc$VERSION-c$(printf %s "$STATE_HOME" | sha256sum | cut -c1-5)
}

# place_member NUMBER: what place does, for one of them.
place_member() {
    cluster_place
    MEMBER=m$1
    PLACE=$PLACE/$MEMBER
    NAME=$NAME-$MEMBER
    export INCUS_DIR=$PLACE/incus INCUS_SOCKET=$PLACE/incus/unix.socket
}

start_switch() {
    say "starting a network for the cluster"
    mkdir -p "$PLACE"
    # Nothing of this shell may live on in it: not its terminal, its folder or its lock.
    (cd / && exec setsid unshare --net --pid --fork --kill-child -- \
        "$BASH" -c "$(declare -f switch note_process); switch '$PLACE' $CLUSTER_NETWORK.254/24" \
        </dev/null >"$PLACE/log" 2>&1 9>&-) &
    local i
    for ((i = 0; i < 100; i++)); do
        ! is_running || [ ! -e "$PLACE/switch" ] || return 0
        sleep 0.1
    done
    die "the network of the cluster did not start: $(tail -n 5 "$PLACE/log")" "see whether the reason is in these lines"
}

# What its process 1 does. /proc is the machine's, whose numbers count outside.
switch() { # PLACE ADDRESS
    set -eu
    note_process "$1/process-1"
    ip link set lo up
    ip link add switch type bridge
    ip address add "$2" dev switch
    ip link set switch up
    : >"$1/switch"
    trap : TERM
    while :; do sleep infinity & wait $! || true; done
}

note_process() { # FILE
    local stat boot
    read -r boot </proc/sys/kernel/random/boot_id
    read -r stat </proc/self/stat
    local pid=${stat%% *}
    read -r -a stat <<<"${stat##*) }"
    echo "$pid ${stat[19]} $boot" >"$1"
}

start_member() { # NUMBER
    cluster_place
    is_running || die "the network of the cluster has ended" "$0 down --cluster"
    local switch=$PROCESS_1
    place_member "$1"
    ! is_running || return 0
    say "starting $MEMBER"
    clear_cgroups
    mkdir -p "$PLACE"
    ln -sfn "$STATE_HOME/$VERSION/root" "$PLACE/root"
    make_client "$STATE_HOME/$VERSION/root"
    start nsenter --target "$switch" --pid -- unshare --net --uts -- \
        "$BASH" "$HERE/lib/incus-cluster-member.sh" "$MEMBER" "$CLUSTER_NETWORK.$1/24" "/proc/$switch/ns/net"
    wait_ready
}

join_member() { # NUMBER
    local token
    place_member "$1"
    ! client cluster show "$MEMBER" >/dev/null 2>&1 || return 0
    say "$MEMBER joins the cluster"
    order config set "core.https_address=$CLUSTER_NETWORK.$1:8443"
    if [ "$1" = 1 ]; then
        order cluster enable "$MEMBER"
        return
    fi
    place_member 1
    token=$(client cluster add "m$1" --quiet) || die "m1 gives no token to m$1" "look at $PLACE/log"
    place_member "$1"
    # In the member's own network, as the joining client itself looks at the peer's certificate.
    is_running
    nsenter --target "$PROCESS_1" --mount --net --uts -- env "INCUS_DIR=$INCUS_DIR" incus admin init --preseed >&2 <<TEXT \
        || die "$MEMBER does not join the cluster" "look at $PLACE/log"
cluster:
  enabled: true
  server_name: $MEMBER
  server_address: $CLUSTER_NETWORK.$1:8443
  cluster_token: $token
TEXT
}

# What all members have is made pending on each, then at once.
configure_cluster() {
    place_member 1
    local i driver=dir size=()
    ! has_btrfs || { driver=btrfs; size=(size=10GiB); }
    if ! client storage show default >/dev/null 2>&1; then
        for ((i = 1; i <= CLUSTER; i++)); do
            order storage create default "$driver" "${size[@]}" --target "m$i"
        done
        order storage create default "$driver"
    fi
    if ! client network show guests >/dev/null 2>&1; then
        for ((i = 1; i <= CLUSTER; i++)); do
            order network create guests --target "m$i"
        done
        order network create guests "ipv4.address=$CLUSTER_GUESTS.1/24" "ipv4.dhcp.ranges=$CLUSTER_GUESTS.128-$CLUSTER_GUESTS.254" ipv4.nat=true ipv6.address=none
    fi
}

# A remote Incus, on a port of the machine's loopback: what listens there is a process of the cluster, and connects in its network.
relay_https() {
    local port
    cluster_place
    is_running
    [ ! -e "$PLACE/relay" ] || return 0
    port=$(free_port) || die "none of the ports 18443 to 19442 is free" "end what holds them; see ss -ltn"
    (cd / && exec setsid nsenter --target "$PROCESS_1" --pid -- \
        perl "$HERE/lib/relay.pl" "$port" "/proc/$PROCESS_1/ns/net" "$CLUSTER_NETWORK.1" 8443 </dev/null >"$PLACE/relay" 2>&1 9>&-) &
    echo "https://127.0.0.1:$port" >"$PLACE/m1/https"
}
