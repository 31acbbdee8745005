package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The routes of a guest's main table, from /proc/net/route and /proc/net/ipv6_route, the preferred of several to one place first. */
record Routes(List<GuestRoute> routes) {

    private static final int UP = 0x1;
    private static final int REJECT = 0x200;
    /** Addresses of the guest itself, which are no routes to anywhere: RTF_LOCAL and RTF_ANYCAST. */
    private static final int OWN = 0x80100000;

    static Routes of(StemcellContainer stemcell) {
        GuestFiles files = stemcell.files().prefetch("/proc/net/route", "/proc/net/ipv6_route");
        String ipv4 = files.readString("/proc/net/route");
        if (ipv4.isEmpty()) {
            throw AssertionErrors.of(
                    "Expecting a table in /proc/net/route on " + stemcell.name() + "\n  but it was empty");
        }
        return of(stemcell.name(), ipv4, ipv6(files));
    }

    static Routes of(String guest, String ipv4, String ipv6) {
        List<GuestRoute> all = new ArrayList<>();
        ipv4.lines().skip(1).forEach(line -> GuestLine.read("routes in /proc/net/route on " + guest, line, Routes::ipv4)
                .ifPresent(all::add));
        ipv6.lines().forEach(line -> GuestLine.read("routes in /proc/net/ipv6_route on " + guest, line, Routes::ipv6)
                .ifPresent(all::add));
        all.sort(Comparator.comparingLong(GuestRoute::metric));
        return new Routes(all);
    }

    private static String ipv6(GuestFiles files) {
        try {
            return files.readString("/proc/net/ipv6_route");
        } catch (GuestFileException e) {
            if (e.reason() == GuestFileException.Reason.NOT_FOUND) {
                return ""; // a kernel without IPv6
            }
            throw e;
        }
    }

    /** Fields: device, target, gateway, flags, references, uses, metric, mask, and others. */
    private static Optional<GuestRoute> ipv4(String line) {
        String[] field = line.strip().split("\\s+");
        int flags = Integer.parseUnsignedInt(field[3], 16);
        if ((flags & UP) == 0 || (flags & REJECT) != 0) {
            return Optional.empty();
        }
        int prefix = Integer.bitCount(Integer.parseUnsignedInt(field[7], 16));
        return Optional.of(new GuestRoute(
                Addresses.ofWords(field[1]) + "/" + prefix,
                gateway(Addresses.ofWords(field[2])),
                field[0],
                Long.parseLong(field[6])));
    }

    /** Fields: target, its prefix, source, its prefix, next hop, metric, references, uses, flags, device. */
    private static Optional<GuestRoute> ipv6(String line) {
        String[] field = line.strip().split("\\s+");
        int flags = Integer.parseUnsignedInt(field[8], 16);
        if ((flags & UP) == 0 || (flags & REJECT) != 0 || (flags & OWN) != 0) {
            return Optional.empty();
        }
        return Optional.of(new GuestRoute(
                Addresses.ofBytes(field[0]) + "/" + Integer.parseInt(field[1], 16),
                gateway(Addresses.ofBytes(field[4])),
                field[9],
                Long.parseLong(field[5], 16)));
    }

    private static String gateway(String address) {
        return address.equals("0.0.0.0") || address.equals("::") ? "" : address;
    }

    Optional<GuestRoute> to(String target) {
        return routes.stream().filter(route -> route.target().equals(target)).findFirst();
    }

    String words() {
        return routes.isEmpty()
                ? "none"
                : routes.stream().map(GuestRoute::words).collect(Collectors.joining("; "));
    }
}
