#!/bin/bash
# The world in which a private Incus daemon lives: namespaces of its own for mounts, processes and cgroups, and in them a root
# of its own. dev/incus starts it; each step execs the next:
#
#   enter   a mount namespace, and in it the cgroup that becomes the root of a cgroup namespace
#   leaf    the processes' place in that cgroup
#   build   process 1 of a process namespace: mounts what the daemon shall see
#   run     the same process, now in that root: keeps the daemon running
#
# Why namespaces: whatever the daemon starts (dnsmasq, proxies, the monitors of containers) or mounts ends with process 1; the
# kernel sees to that, even after kill -9. Only the network is the machine's own, as tests talk to the containers.
#
# Process 1 takes SIGTERM (end), SIGHUP (restart the daemon; containers keep running), SIGUSR1 (the same by SIGKILL) and, once the
# daemon has a pool and a network, SIGUSR2 (start incus-user).
# On file descriptor 8 it says "ready" once; end of file without that word means that it could not start.
set -eu

# cgroup2 can be mounted whatever layout the machine has; beside cgroup v1 it only has fewer controllers.
enter() { # NAME HOME
    local cgroups=$2/cgroups
    mkdir -p "$cgroups"
    mount -t cgroup2 none "$cgroups"
    mkdir -p "$cgroups/$1"
    echo $$ >"$cgroups/$1/cgroup.procs"
    exec unshare --cgroup -- "$BASH" "$0" leaf "$@"
}

# A cgroup that passes controllers on may hold no processes, so they stand in a leaf of it. liblxc knows systemd's name for
# such a leaf, and makes the cgroups of containers beside it.
leaf() { # NAME HOME
    local cgroup=$2/cgroups/$1 controller
    mkdir -p "$cgroup/init.scope"
    echo $$ >"$cgroup/init.scope/cgroup.procs"
    for controller in $(<"$cgroup/cgroup.controllers"); do
        echo "+$controller" >"$cgroup/cgroup.subtree_control" || true
    done
    umount "$2/cgroups"
    exec unshare --pid --fork --kill-child -- "$BASH" "$0" build "$2"
}

build() { # HOME
    local root=$1/root pid start boot
    read_process_1
    echo "$pid $start $boot" >"$1/process-1"
    mount --bind "$root" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -t sysfs -o nosuid,nodev,noexec sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
    # AppArmor and the like, where the machine has them.
    ! mountpoint -q /sys/kernel/security || mount --bind /sys/kernel/security "$root/sys/kernel/security"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    mount -t tmpfs tmpfs "$root/tmp"
    show /lib/modules "$root"
    # dnsmasq asks the name servers that the machine asks.
    show /etc/resolv.conf "$root"
    show /etc/hosts "$root"
    show "$INCUS_DIR" "$root"
    mkdir "$root/run/old-root"
    cd "$root"
    pivot_root . run/old-root
    umount -l /run/old-root
    # exec, so that no file of the machine's root stays open in here.
    exec /bin/bash -c "$(declare -f run start_daemon stop_daemon let_users_in thaw_the_empty keep_quotas); run $pid"
}

# What tells this process from a later one of the same number: when it started, and in which boot.
# /proc is still the machine's here, so the number is the one by which the machine knows us.
read_process_1() {
    local stat
    read -r boot </proc/sys/kernel/random/boot_id
    read -r stat </proc/self/stat
    pid=${stat%% *}
    read -r -a stat <<<"${stat##*) }"
    start=${stat[19]}
}

# show PATH ROOT: the machine's file or folder PATH, at the same place in ROOT.
show() {
    [ -e "$1" ] || return 0
    if [ -d "$1" ]; then
        mkdir -p "$2$1"
    else
        [ -f "$2$1" ] || { rm -f "$2$1" && : >"$2$1"; }
    fi
    mount --bind "$1" "$2$1"
}

run() { # NUMBER_OF_THIS_PROCESS_ON_THE_MACHINE
    set -eu
    # The daemon uses its number as its address on the machine's netlink, so a small one would be another daemon's, too.
    echo "$1" 2>/dev/null >/proc/sys/kernel/ns_last_pid || true
    local ending='' asked daemon
    trap 'ending=1; stop_daemon TERM' TERM
    trap 'stop_daemon TERM' HUP
    trap 'stop_daemon KILL' USR1
    trap let_users_in USR2
    grep -qw pids /sys/fs/cgroup/cgroup.controllers || thaw_the_empty &
    keep_quotas &
    while [ -z "$ending" ]; do
        asked=''
        start_daemon
        # One that ended before it was ready will do no better at the tenth attempt.
        [ -e /run/ready ] || [ -n "$asked" ] || return 1
        # wait also returns for our signals.
        while kill -0 "$daemon" 2>/dev/null; do
            wait "$daemon" || true
        done
        rm -f /run/ready
        # It crashed. Do not let it do that in a tight loop.
        [ -n "$asked" ] || sleep 1
    done
}

start_daemon() {
    /usr/libexec/incus/incusd --group "$SOCKET_GROUP" 8>&- &
    daemon=$!
    echo "$daemon" >/run/daemon
    /usr/libexec/incus/incusd waitready --timeout 120 8>&- &
    local waiting=$!
    while kill -0 "$daemon" 2>/dev/null && kill -0 "$waiting" 2>/dev/null; do
        wait -n "$daemon" "$waiting" || true
    done
    if kill -0 "$daemon" 2>/dev/null && wait "$waiting"; then
        chown "$SOCKET_OWNER" "$INCUS_DIR/unix.socket"
        : >/run/ready
        { echo ready >&8; } 2>/dev/null || true
        exec 8>&-
    else
        kill -KILL "$daemon" "$waiting" 2>/dev/null || true
    fi
}

# incus-user makes a pool and a network where it finds none, hence not before these are there. It connects to the daemon anew for
# each client, so it need not end when the daemon does.
let_users_in() {
    [ ! -e /run/users-ready ] || return 0
    (
        while :; do
            rm -f /run/users-ready "$INCUS_DIR/unix.socket.user"
            /usr/libexec/incus/incus-user 8>&- &
            until [ -S "$INCUS_DIR/unix.socket.user" ]; do
                kill -0 $! 2>/dev/null || exit 1
                sleep 0.05
            done
            # It makes the socket and then changes its mode.
            until [ "$(stat -c %a "$INCUS_DIR/unix.socket.user")" = 660 ]; do sleep 0.05; done
            chown "$SOCKET_OWNER" "$INCUS_DIR/unix.socket.user"
            : >/run/users-ready
            # Should it crash, do not let it do that in a tight loop.
            wait $! || sleep 1
        done
    ) &
}

# Where there is no controller of pids, which is so beside cgroup v1, Incus freezes a container before it kills it, and thaws it then. A
# cgroup whose processes are gone by then, and that has one below it which was not frozen, says for ever that it is frozen: the kernel
# looks at it anew only when one of its processes changes, or when all below it are frozen, too. liblxc waits for the end of that without
# a bound, and with it the deletion. To freeze it once more and thaw it makes the kernel look. No event tells of this state.
thaw_the_empty() {
    local cgroup state
    while sleep 1; do
        for cgroup in /sys/fs/cgroup/lxc.payload.*; do
            # Not by $(<file): where the file is gone, that ends a shell that is to end at errors, in a condition, too.
            state=$(cat "$cgroup/cgroup.events" "$cgroup/cgroup.freeze" 2>/dev/null) || continue
            [ "$state" = $'populated 0\nfrozen 1\n0' ] || continue
            { echo 1 >"$cgroup/cgroup.freeze" && echo 0 >"$cgroup/cgroup.freeze"; } 2>/dev/null || true
        done
    done 8>&-
}

# On newer kernels, such as 6.18, btrfs does not count what is in a large subvolume that is deleted, and from then on no quota of the file
# system is in force: qgroups/inconsistent is 1. Ours are to count all, as kernels before do, and to count anew where that came too late. Incus has
# quotas only once a volume is given a size, so there is no moment at which this could be done once. One that a test has told not to
# count, by a threshold of 0, is left alone.
keep_quotas() {
    local groups image value
    while sleep 1; do
        for groups in /sys/fs/btrfs/*/qgroups; do
            image=$(cat "${groups%/qgroups}"/devices/loop*/loop/backing_file 2>/dev/null) || continue
            [[ $image == "$INCUS_DIR"/disks/*.img ]] || continue
            value=$(cat "$groups/drop_subtree_threshold" 2>/dev/null) || continue
            [ "$value" != 0 ] || continue
            [ "$value" = 8 ] || echo 8 2>/dev/null >"$groups/drop_subtree_threshold" || true
            value=$(cat "$groups/inconsistent" 2>/dev/null) || continue
            [ "$value" = 0 ] || btrfs quota rescan "$INCUS_DIR/storage-pools/$(basename "$image" .img)" >/dev/null 2>&1 || true
        done
    done 8>&-
}

stop_daemon() { # SIGNAL
    asked=1
    rm -f /run/ready
    kill "-$1" "$daemon" 2>/dev/null || true
}

"$@"
