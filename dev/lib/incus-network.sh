# shellcheck shell=bash
# What the daemon has of the machine's network: a bridge with a subnet, a port on loopback. Sourced by dev/incus.

# The subnet is chosen here and not by Incus, which would look for one by sending packets to a hundred random networks.
make_network() {
    ! client network show "$NAME" >/dev/null 2>&1 || return 0
    local subnet
    # Whoever chooses a subnet holds this lock until the machine shows it, so that two do not choose the same.
    exec 8</run
    flock 8
    subnet=$(free_subnet) || die "each subnet that was tried is in use here" "free one of 10.78.0.0/16 (ip -4 route show table all)"
    # 6.0 shows the flag for a network with an error only later, so a failure to create is the only sign.
    client network create "$NAME" "ipv4.address=${subnet%.*}.1/24" ipv4.nat=true ipv6.address=none >/dev/null 8<&- \
        || die "Incus could not make the bridge $NAME" "look at the line above; is the kernel without CONFIG_BRIDGE or nftables?"
    exec 8<&-
}

# The first free one of 10.78.0.0/16, counted from a number that differs between daemons.
free_subnet() {
    local first=$((16#${NAME#*-} % 256)) i subnet
    for ((i = 0; i < 256; i++)); do
        subnet=10.78.$(((first + i) % 256)).0
        is_free "$subnet/24" || continue
        echo "$subnet"
        return 0
    done
    return 1
}

# Neither a route into it nor, the default route aside, one that it lies in; nor an address of an interface that is down.
is_free() { # SUBNET
    [ -z "$(ip -4 route show table all root "$1")" ] \
        && [ -z "$(ip -4 route show table all match "$1" | grep -v '^\(unreachable \)\?default')" ] \
        && [ -z "$(ip -4 addr show to "$1")" ]
}

# The clients of a remote Incus come over HTTPS; here they come from the machine itself only.
listen_on_loopback() {
    local port
    port=$(client config get core.https_address)
    port=${port##*:}
    if [ -z "$port" ] || ! ss -Hltn "sport = :$port" | grep -q .; then
        port=$(free_port) || die "no port of 127.0.0.1 is free from 18443 on" "see ss -ltn"
        client config set "core.https_address=127.0.0.1:$port"
    fi
    echo "https://127.0.0.1:$port" >"$PLACE/https"
}

free_port() {
    local first=$((16#${NAME#*-} % 1000)) i port
    for ((i = 0; i < 1000; i++)); do
        port=$((18443 + (first + i) % 1000))
        ss -Hltn "sport = :$port" | grep -q . || { echo "$port"; return 0; }
    done
    return 1
}
