package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.junit.assertj.GuestRoute.NextHop;
import io.github.incusstemcell.junit.assertj.Netlink.Attributes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a guest's main table by which packets leave, by rtnetlink(7), the preferred of several to one place first. The tables under
 * /proc/net mix those of IPv6 in other tables with them, have one next hop of several, none of the other family, and blackholes.
 *
 * @param routes those, and what throws packets away, without a next hop, as it may be preferred to them
 */
record Routes(List<GuestRoute> routes) {

    /** RTM_GETROUTE, and a struct rtmsg that asks for those of all families. */
    private static final Netlink.Request ROUTES = new Netlink.Request(26, new byte[12]);
    /** RTM_GETLINK, and a struct ifinfomsg with an IFLA_EXT_MASK of RTEXT_FILTER_SKIP_STATS. */
    private static final Netlink.Request LINKS = new Netlink.Request(
            18,
            Netlink.buffer(new byte[24])
                    .putShort(16, (short) 8)
                    .putShort(18, (short) 29)
                    .putInt(20, 8)
                    .array());

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int RTN_UNICAST = 1;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTNH_F_DEAD = 1;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTA_NH_ID = 30;
    private static final int IFLA_IFNAME = 3;

    static Routes of(StemcellContainer stemcell) {
        ExecResult result = Netlink.ask(stemcell, Netlink.ROUTE, ROUTES, LINKS);
        if (!result.isSuccess()) {
            throw AssertionErrors.ofExit("Asking the kernel of " + stemcell.name() + " for its routes", result);
        }
        return of(stemcell.name(), result.requireWhole().stdout());
    }

    static Routes of(String guest, String printed) {
        List<List<String>> answers = Netlink.answers(2, printed)
                .orElseThrow(() -> AssertionErrors.of(
                        "Expecting all routes of " + guest + " by rtnetlink(7)\n  but the answer broke off"));
        Map<Long, String> interfaces = new HashMap<>();
        for (String line : answers.get(1)) {
            GuestLine.read(
                    "an interface of rtnetlink(7) on " + guest, line, text -> link(Netlink.bytes(text), interfaces));
        }
        String what = "a route of rtnetlink(7) on " + guest;
        return new Routes(answers.get(0).stream()
                .flatMap(line -> GuestLine.read(what, line, text -> route(Netlink.bytes(text), interfaces)).stream())
                .sorted(Comparator.comparingLong(GuestRoute::metric))
                .toList());
    }

    /** A struct ifinfomsg: family, type, index, flags, change. */
    private static @Nullable String link(ByteBuffer message, Map<Long, String> interfaces) {
        long index = Integer.toUnsignedLong(message.getInt(4));
        Optional<byte[]> name = Attributes.of(message.position(16)).bytes(IFLA_IFNAME);
        return interfaces.put(
                index,
                name.map(bytes -> new String(bytes, StandardCharsets.UTF_8).replace("\0", ""))
                        .orElse(""));
    }

    /** A struct rtmsg: family, lengths of the prefixes of destination and source, TOS, table, protocol, scope, type, flags. */
    private static Optional<GuestRoute> route(ByteBuffer message, Map<Long, String> interfaces) {
        int family = message.get(0);
        int prefix = Byte.toUnsignedInt(message.get(1));
        int source = message.get(2);
        int tos = message.get(3);
        int table = Byte.toUnsignedInt(message.get(4));
        int type = message.get(7);
        int flags = message.getInt(8);
        Attributes attributes = Attributes.of(message.position(12));
        if (family != AF_INET && family != AF_INET6
                || source != 0
                || tos != 0 // It is for some packets only.
                || (flags & RTM_F_CLONED) != 0
                || attributes.number(RTA_TABLE, table) != RT_TABLE_MAIN) {
            return Optional.empty();
        }
        String any = family == AF_INET ? "0.0.0.0" : "::";
        String target = attributes.bytes(RTA_DST).map(Addresses::ofBytes).orElse(any) + "/" + prefix;
        List<NextHop> hops = type == RTN_UNICAST ? nextHops(flags, target, attributes, interfaces) : List.of();
        return hops.isEmpty() && type == RTN_UNICAST
                ? Optional.empty()
                : Optional.of(new GuestRoute(target, hops, attributes.number(RTA_PRIORITY, 0)));
    }

    private static List<NextHop> nextHops(
            int flags, String target, Attributes attributes, Map<Long, String> interfaces) {
        return attributes
                .bytes(RTA_MULTIPATH)
                .map(several -> nextHops(Netlink.buffer(several), interfaces))
                .orElseGet(() -> nextHop(flags, device(attributes, target), attributes, interfaces).stream()
                        .toList());
    }

    private static long device(Attributes attributes, String target) {
        if (attributes.bytes(RTA_OIF).isEmpty() && attributes.bytes(RTA_NH_ID).isPresent()) {
            throw AssertionErrors.of(
                    "Expecting the next hops of the route " + target
                            + "\n  but the kernel says the number of a nexthop object only, as net.ipv4.nexthop_compat_mode is 0");
        }
        return attributes.number(RTA_OIF, 0);
    }

    /** Each a struct rtnexthop, of length, flags, hops and index of the interface, and attributes. */
    private static List<NextHop> nextHops(ByteBuffer rest, Map<Long, String> interfaces) {
        List<NextHop> hops = new ArrayList<>();
        while (rest.hasRemaining()) {
            ByteBuffer hop = Netlink.buffer(Netlink.part(rest, Short.toUnsignedInt(rest.getShort(rest.position()))));
            int flags = hop.get(2);
            long device = Integer.toUnsignedLong(hop.getInt(4));
            nextHop(flags, device, Attributes.of(hop.position(8)), interfaces).ifPresent(hops::add);
        }
        return hops;
    }

    private static Optional<NextHop> nextHop(
            int flags, long device, Attributes attributes, Map<Long, String> interfaces) {
        if ((flags & RTNH_F_DEAD) != 0) {
            return Optional.empty();
        }
        // A struct rtvia has the family before the address.
        Optional<byte[]> gateway = attributes
                .bytes(RTA_GATEWAY)
                .or(() -> attributes.bytes(RTA_VIA).map(via -> Arrays.copyOfRange(via, 2, via.length)));
        return Optional.of(
                new NextHop(gateway.map(Addresses::ofBytes).orElse(""), interfaces.getOrDefault(device, "")));
    }

    /** Of IPv4 the kernel takes the first of one metric; of IPv6 now one and now another, as each of several next hops of one route. */
    Optional<GuestRoute> to(String target) {
        List<GuestRoute> all =
                routes.stream().filter(route -> route.target().equals(target)).toList();
        if (all.isEmpty() || all.get(0).nextHops().isEmpty()) {
            return Optional.empty();
        }
        GuestRoute first = all.get(0);
        return Optional.of(
                target.indexOf(':') < 0 ? first : new GuestRoute(target, hops(all, first.metric()), first.metric()));
    }

    private static List<NextHop> hops(List<GuestRoute> routes, long metric) {
        return routes.stream()
                .filter(route -> route.metric() == metric)
                .flatMap(route -> route.nextHops().stream())
                .toList();
    }

    String words() {
        String words = routes.stream()
                .map(route -> route.nextHops().isEmpty() ? "no way to " + route.words() : route.words())
                .collect(Collectors.joining("; "));
        return words.isEmpty() ? "none" : words;
    }
}
