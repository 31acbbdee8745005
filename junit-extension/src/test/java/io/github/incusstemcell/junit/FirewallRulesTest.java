package io.github.incusstemcell.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.StemcellContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of docs/ci.md let guests through Docker's firewall: tried in a guest, which is the machine of the daemon here. */
@IncusStemcell
class FirewallRulesTest {

    private static final Pattern RULE = Pattern.compile("(?m)^sudo (nft .*)$");

    /** Not by "ip netns exec", which mounts a /sys, as an unprivileged container must not. */
    private static final String MACHINE = """
            set -e
            sysctl -q -w net.ipv4.ip_forward=1
            ip link add isc-ptest type bridge
            ip address add 10.9.0.1/24 dev isc-ptest
            ip link set isc-ptest up
            connect() { # NAME ADDRESS GATEWAY
                ip netns add "$1"
                ip link add name "$1" type veth peer name eth0 netns "$1"
                ip link set "$1" up
                inside="nsenter --net=/run/netns/$1"
                $inside ip address add "$2" dev eth0
                $inside ip link set eth0 up
                $inside ip route add default via "$3"
            }
            connect guest 10.9.0.2/24 10.9.0.1
            ip link set guest master isc-ptest
            connect world 10.9.1.2/24 10.9.1.1
            ip address add 10.9.1.1/24 dev world
            """;

    private static final String DOCKER_AND_INCUS = """
            set -e
            nft add table ip filter
            nft add chain ip filter DOCKER-USER
            nft 'add chain ip filter FORWARD { type filter hook forward priority filter; policy drop; }'
            nft add rule ip filter FORWARD jump DOCKER-USER
            nft add table inet incus
            nft 'add chain inet incus forwarded { type filter hook forward priority filter; policy accept; }'
            nft add rule inet incus forwarded iifname isc-ptest accept
            """;

    @Test
    void letGuestsThroughTheFirewallOfDocker(StemcellContainer machine) throws IOException {
        List<String> rules = RULE.matcher(Files.readString(Path.of("../docs/ci.md")))
                .results()
                .map((MatchResult rule) -> rule.group(1))
                .toList();
        assertThat(rules).hasSize(2);
        machine.shell(MACHINE).requireSuccess();
        assertThat(isWorldReached(machine)).isTrue();

        machine.shell(DOCKER_AND_INCUS).requireSuccess();
        assertThat(isWorldReached(machine)).isFalse();

        machine.shell(rules.get(0)).requireSuccess();
        assertThat(isWorldReached(machine)).isFalse();

        machine.shell(rules.get(1)).requireSuccess();
        assertThat(isWorldReached(machine)).isTrue();
    }

    private static boolean isWorldReached(StemcellContainer machine) {
        return machine.exec("nsenter", "--net=/run/netns/guest", "ping", "-c", "1", "-W", "1", "10.9.1.2")
                .isSuccess();
    }
}
