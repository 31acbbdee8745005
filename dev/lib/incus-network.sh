# shellcheck shell=bash
# What the daemon has of the machine's network: a bridge with a subnet, a port on loopback. Sourced by dev/incus.

# The subnet is chosen here and not by Incus, which would look for one by sending packets into a hundred random networks.
make_network() {
    ! client network show "$NAME" >/dev/null 2>&1 || return 0
    local subnet
    # Whoever chooses a subnet holds this lock until the machine shows it, so that two do not choose the same.
    exec 8</run
    flock 8
    subnet=$(free_subnet) || die "every subnet that was tried is in use on this machine" \
        "free a /24 of 10.78.0.0/16, 172.29.0.0/16 or 192.168.0.0/16; 'ip -4 route show table all' shows who has them"
    client network create "$NAME" "ipv4.address=$subnet.1/24" ipv4.nat=true ipv6.address=none >/dev/null 8<&- \
        || die "Incus could not make the bridge $NAME" "look at the line above; the kernel needs bridge, veth and nf_tables"
    exec 8<&-
}

# The start of the first /24 that is free. Where counting begins differs between daemons, so that each tends to keep its own.
free_subnet() {
    local first=$((16#${NAME#*-} % 256)) range i
    for range in 10.78 172.29 192.168; do
        for ((i = 0; i < 256; i++)); do
            ! is_free "$range.$(((first + i) % 256))" || { echo "$range.$(((first + i) % 256))"; return 0; }
        done
    done
    return 1
}

# No route into it, nor one that it lies in: routes for everything aside, as a default route or the two halves of a VPN's.
# Nor has an interface that is down an address in it.
is_free() { # START
    local within around
    within=$(ip -4 route show table all root "$1.0/24")
    around=$(ip -4 route show table all match "$1.0/24" | grep -Ev '^([a-z]+ )?(default|0\.0\.0\.0/1|128\.0\.0\.0/1)( |$)') || true
    [ -z "$within$around$(ip -4 addr show to "$1.0/24")" ]
}

# The clients of a remote Incus come over HTTPS; here they come from the machine itself only.
listen_on_loopback() {
    local address port
    address=$(client config get core.https_address)
    port=${address##*:}
    # After a reboot another process may have the port. Inside, only our own are seen by name.
    if [ -z "$port" ] || [[ $(inside ss -Hltnp "src $address") != *'"incusd"'* ]]; then
        port=$(free_port) || die "none of the ports 18443 to 19442 is free" "end what holds them; see ss -ltn"
        order config set "core.https_address=127.0.0.1:$port"
    fi
    echo "https://127.0.0.1:$port" >"$PLACE/https"
}

free_port() {
    local first=$((16#${NAME#*-} % 1000)) i port
    for ((i = 0; i < 1000; i++)); do
        port=$((18443 + (first + i) % 1000))
        [ -n "$(ss -Hltn "sport = :$port")" ] || { echo "$port"; return 0; }
    done
    return 1
}
