package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.InstanceState.Address;
import io.github.incusstemcell.incus.InstanceState.NetworkInterface;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The network interfaces of an instance by rtnetlink(7), asked from inside. The daemon asks so from outside, which takes it ten times as
 * long, as it looks at everything else of the instance as well.
 */
final class GuestInterfaces {

    /** Prints a line for each: name, state, type, mtu, MAC address and addresses, with tabs between them. */
    static final Command COMMAND = Command.perl("""
            use Socket qw(inet_ntop);
            socket my $netlink, 16, 3, 0 or die "netlink: $!\\n";
            my (%links, %found);
            # Of rtnetlink(7).
            sub attributes {
                my ($rest, %attributes) = @_;
                while (length $rest >= 4) {
                    my ($length, $type) = unpack 'SS', $rest;
                    last if $length < 4;
                    $attributes{$type & 0x3fff} = substr $rest, 4, $length - 4;
                    substr $rest, 0, $length + 3 & ~3, '';
                }
                return \\%attributes;
            }
            # RTM_GETLINK and RTM_GETADDR, whose answers end with NLMSG_DONE. One that others have interrupted may be of two moments.
            sub dumped {
                my ($type, $head, $take) = @_;
                defined syswrite $netlink, pack 'LSSLLx' . $head, 16 + $head, $type, 0x301, $type, 0 or die "netlink: $!\\n";
                while (1) {
                    sysread $netlink, my $rest, 1 << 16 or die "netlink: $!\\n";
                    while (length $rest >= 16) {
                        my ($length, $type, $flags) = unpack 'LSS', $rest;
                        die "netlink: $type $flags\\n" if $type == 2 || $flags & 0x10;
                        return if $type == 3;
                        my $message = substr $rest, 0, $length + 3 & ~3, '';
                        $take->(substr($message, 16, $head), attributes(substr $message, 16 + $head, $length - 16 - $head));
                    }
                }
            }
            dumped 18, 16, sub {
                my ($index, $flags) = unpack 'x4lL', $_[0];
                my $name = unpack 'Z*', $_[1]{3}; # IFLA_IFNAME
                my $type = $flags & 0x10 ? 'point-to-point' : $flags & 8 ? 'loopback' : $flags & 2 ? 'broadcast' : 'unknown';
                my $address = $flags & 8 ? '' : join ':', unpack '(H2)*', $_[1]{1} // '';
                my @of = ($flags & 1 ? 'up' : 'down', $type, unpack 'L', $_[1]{4});
                $links{$index} = [$name, @of];
                $found{$name} = [@of, $address];
            };
            dumped 22, 8, sub {
                my ($family, $prefix, $index) = unpack 'CCx2l', $_[0];
                my $link = $links{$index} or return;
                # An address may bear a label, IFA_LABEL, and have another one on the other side, for which IFA_LOCAL is its own.
                my $name = defined $_[1]{3} ? unpack 'Z*', $_[1]{3} : $link->[0];
                my $of = $found{$name} ||= [@$link[1 .. 3], ''];
                push @$of, inet_ntop($family, $_[1]{2} // $_[1]{1}) . "/$prefix" if $family == 2 || $family == 10;
            };
            print map join("\\t", $_, @{ $found{$_} }) . "\\n", sort keys %found;
            """);

    private static final int ADDRESSES = 5;

    private GuestInterfaces() {}

    /** {@return what the command has printed, by name} */
    static Map<String, NetworkInterface> of(String printed) {
        Map<String, NetworkInterface> all = new TreeMap<>();
        printed.lines().map(line -> line.split("\t", -1)).forEach(field -> all.put(field[0], link(field)));
        return all;
    }

    private static NetworkInterface link(String... field) {
        List<Address> addresses = Arrays.stream(field)
                .skip(ADDRESSES)
                .map(address -> address.split("/"))
                .map(part -> address(part[0], Integer.parseInt(part[1])))
                .toList();
        return new NetworkInterface(field[1], field[2], field[4], "", Integer.parseInt(field[3]), addresses);
    }

    private static Address address(String address, int prefix) {
        return new Address(address.contains(":") ? "inet6" : "inet", address, prefix, scope(address));
    }

    /** As the daemon has it. */
    private static String scope(String address) {
        if (address.startsWith("127") || address.equals("::1")) {
            return "local";
        }
        return address.startsWith("169.254") || address.startsWith("fe80:") ? "link" : "global";
    }
}
