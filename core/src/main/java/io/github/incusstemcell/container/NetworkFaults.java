package io.github.incusstemcell.container;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.incus.Command;
import io.github.incusstemcell.incus.ExecResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Faults of a container's network, which is its {@code eth0}: to the other machines, to this one and to the world alike. What goes by way
 * of Incus works as ever: commands, files, systemd and the journal. A fault lasts until {@link #heal()}, or until the guest boots again,
 * and {@link StemcellContainer#undoFaults()} ends it, too.
 *
 * <p>Each is made in the guest, by what the stemcell has for it: {@code nft} or {@code tc}. What cannot be made there is refused with an
 * {@link IncusStemcellException} that says why, and nothing is changed then. Thread-safe.
 */
public final class NetworkFaults {

    /** Next to the network card, where nothing else of the guest has rules, and where the sender is not told of a drop. */
    private static final String TABLE = "netdev incus_stemcell_faults";

    private static final int PER_PERCENT = 1000;

    private final StemcellContainer container;
    private final ActiveFaults active;

    NetworkFaults(StemcellContainer container, ActiveFaults active) {
        this.container = container;
        this.active = active;
    }

    /**
     * Drops everything that comes or is sent, without a word to either side: who connects waits until its own timeout, as behind a broken
     * switch. The interface stays up.
     *
     * @return this
     * @throws IncusStemcellException if the guest has no {@code nft}, its kernel is older than 5.16, or it has no {@code eth0}
     */
    public NetworkFaults cut() {
        return drop("cutting the network", "cut", List.of("drop"), List.of("drop"));
    }

    /**
     * Drops what comes from another machine or is sent to it. The others are not concerned; and it is this machine's network that is to be
     * {@linkplain #heal() healed}.
     *
     * @param other which has an address
     * @return this
     * @throws IncusStemcellException as {@link #cut()} says
     */
    public NetworkFaults cut(StemcellContainer other) {
        List<String> peer = new ArrayList<>();
        peer.add("ip %saddr " + other.address().getHostAddress() + " drop");
        other.ipv6().ifPresent(ipv6 -> peer.add("ip6 %saddr " + ipv6.getHostAddress() + " drop"));
        return drop(
                "cutting the network to '" + other.name() + "'",
                "cut",
                peer.stream().map(rule -> String.format(Locale.ROOT, rule, "s")).toList(),
                peer.stream().map(rule -> String.format(Locale.ROOT, rule, "d")).toList());
    }

    /**
     * Drops packets by chance: of those that come, and of those that are sent, each time this part. A second call replaces the first.
     *
     * @param percent more than 0, and at most 100
     * @return this
     * @throws IncusStemcellException as {@link #cut()} says
     * @throws IllegalArgumentException if it is no such percentage
     */
    public NetworkFaults loss(double percent) {
        long rate = Math.round(percent * PER_PERCENT);
        if (!(rate > 0 && percent <= 100)) {
            throw new IllegalArgumentException(
                    "A network loses more than 0 and at most 100 percent of its packets, but not " + percent);
        }
        String chance =
                rate == 100 * PER_PERCENT ? "drop" : "numgen random mod " + 100 * PER_PERCENT + " < " + rate + " drop";
        return drop("losing packets", "loss", List.of(chance), List.of(chance));
    }

    /**
     * Delays what is sent, so that an answer takes so much longer. A second call replaces the first.
     *
     * @param delay how long each packet is held up; a microsecond or more
     * @return this
     * @throws IncusStemcellException if the kernel has no {@code netem}, the guest has no {@code tc}, or it has no {@code eth0}
     */
    public NetworkFaults delay(Duration delay) {
        return delay(delay, Duration.ZERO);
    }

    /**
     * Delays what is sent, by more or less. A second call replaces the first.
     *
     * @param delay how long each packet is held up on average; a microsecond or more
     * @param jitter by how much more, or less, at most; not negative, and not more than the delay
     * @return this
     * @throws IncusStemcellException as {@link #delay(Duration)} says
     */
    public NetworkFaults delay(Duration delay, Duration jitter) {
        if (delay.toNanos() < 1000 || jitter.isNegative() || jitter.compareTo(delay) > 0) {
            throw new IllegalArgumentException(
                    "A delay is of a microsecond or more, and its jitter not larger, but these are " + delay + " and "
                            + jitter);
        }
        String[] netem = {"qdisc", "replace", "dev", "eth0", "root", "netem", "delay", micros(delay), micros(jitter)};
        run("delaying packets", tc(netem));
        active.add("delay", () -> whereItRuns(this::removeDelay));
        return this;
    }

    /**
     * Ends all faults of the network. What the guest has sent meanwhile, it may send again only after a while: retries of TCP come at ever
     * longer intervals.
     */
    public void heal() {
        active.remove("drop").run();
        active.remove("delay").run();
    }

    /** Neighbours are found all the while, as before a switch that drops what it is to carry; so that it works at once after that. */
    private NetworkFaults drop(String what, String kind, List<String> in, List<String> out) {
        String script = "add table " + TABLE + "\n"
                + chain(kind + "_in", "ingress", in, kind.equals("loss"))
                + chain(kind + "_out", "egress", out, kind.equals("loss"));
        run(what, nft(script));
        active.add("drop", () -> whereItRuns(this::removeDrops));
        return this;
    }

    private static String chain(String name, String hook, List<String> rules, boolean replaces) {
        String chain = TABLE + " " + name;
        String neighbours = "add rule " + chain + " meta protocol arp accept\nadd rule " + chain
                + " icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n";
        return "add chain " + chain + " { type filter hook " + hook + " device \"eth0\" priority 0; }\n"
                + (replaces ? "flush chain " + chain + "\n" : "")
                + neighbours
                + rules.stream()
                        .map(rule -> "add rule " + chain + " " + rule + "\n")
                        .collect(Collectors.joining());
    }

    private void removeDrops() {
        // Only what is there can be deleted.
        run("healing the network", nft("add table " + TABLE + "\ndelete table " + TABLE + "\n"));
    }

    private void removeDelay() {
        run(
                "healing the network",
                Command.shell("tc qdisc show dev eth0 | grep -q netem || exit 0; tc qdisc del dev eth0 root"));
    }

    /** A guest that does not run has no network, and begins with a new one. */
    private void whereItRuns(Runnable removal) {
        if (container.state().status().equals("Running")) {
            removal.run();
        }
    }

    private void run(String what, Command command) {
        ExecResult result = container.exec(command);
        if (!result.isSuccess()) {
            throw new IncusStemcellException(what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + " of '"
                    + container.name() + "' failed, and nothing was changed: " + why(result));
        }
    }

    private static String why(ExecResult result) {
        String said = result.stderr().strip();
        if (result.exitCode() == 127) {
            return "the guest has no '" + result.command().argv().get(0)
                    + "'. Install it with @Provision: the package nftables" + " has nft, iproute2 has tc";
        }
        if (said.contains("qdisc kind is unknown")) {
            return "the kernel of the daemon's machine has no netem. Load it there with: modprobe sch_netem; where there is"
                    + " no such module, packets can be lost and cut off, but not delayed (" + said + ")";
        }
        return "'" + result.command() + "' ended with exit code " + result.exitCode() + ": " + said
                + ". It needs an eth0, and a kernel of 5.16 or later on the daemon's machine";
    }

    private static Command nft(String script) {
        return Command.of("nft", "--file", "-").stdin(script);
    }

    private static Command tc(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "tc";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Command.of(command);
    }

    private static String micros(Duration time) {
        return TimeUnit.NANOSECONDS.toMicros(time.toNanos()) + "us";
    }
}
