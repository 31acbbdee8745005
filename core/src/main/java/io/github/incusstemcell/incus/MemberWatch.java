package io.github.incusstemcell.incus;

import io.github.incusstemcell.internal.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out that a member of a cluster is lost, for those who wait for what is on it. Who relays their calls to it would have them wait for
 * half a minute, and its streams for ever; and the cluster itself calls a member offline after 20 seconds only. So it is asked every
 * other second, as long as anybody waits. Whatever it answers, and however late, is a sign of life.
 */
final class MemberWatch implements Watch {

    private static final Logger LOG = LoggerFactory.getLogger(MemberWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration CLOCK = Duration.ofMillis(500);

    /** From the last answer. With the interval, less than ten seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    /** By these words a member says that it cannot relay a call to another. */
    private static final String NOT_REACHED = "Unable to connect to: ";

    /** And so, by Go's own words, that the other has gone while it relayed one: {@code Get "https://10.0.0.2:8443/1.0/...": EOF}. */
    private static final Pattern CUT_OFF = Pattern.compile("(Get|Head|Post|Put|Patch|Delete) \"https://[^\"]*\": ");

    private final Connection watched;
    private final Connection relay;
    private final String member;
    private final ScheduledExecutorService clock = DaemonThreads.clock("member-watch");
    private long asked;
    private final Liveness liveness = new Liveness(System::nanoTime, PATIENCE);
    private volatile boolean relayAnswers = true;
    private volatile boolean lost;

    private MemberWatch(Connection watched, Connection relay, String member) {
        this.watched = watched;
        this.relay = relay;
        this.member = member;
    }

    static MemberWatch over(Connection watched, Connection relay, String member) {
        MemberWatch watch = new MemberWatch(watched, relay, member);
        DaemonThreads.repeat(watch.clock, CLOCK, watch::look);
        return watch;
    }

    private void look() {
        long now = System.nanoTime();
        boolean silent = liveness.isLost();
        if (!lost && !watched.isBusy()) {
            liveness.answers();
            return;
        }
        if (now - asked >= INTERVAL.toNanos()) {
            asked = now;
            ask();
        }
        if (!lost && silent) {
            lost = true;
            LOG.warn("{}; what is on it is given up", reason());
        }
        if (lost && watched.isBusy()) {
            watched.breakOff();
        }
    }

    private void ask() {
        relay.askLater(ApiRequest.get()
                        .query("target", member)
                        .patientFor(PATIENCE)
                        .atOnce())
                .thenAccept(answer -> {
                    liveness.answers();
                    if (lost) {
                        LOG.info("The member '{}' of the cluster of {} answers again", member, relay.endpoint());
                        lost = false;
                    }
                });
        // A relay that is gone itself is another matter.
        CompletableFuture<Boolean> there = relay.askLater(
                        ApiRequest.get().patientFor(INTERVAL).atOnce())
                .handle((answer, failure) -> !(failure instanceof IncusConnectionException));
        there.thenAccept(answers -> relayAnswers = answers);
    }

    private String lostMember() {
        return "The member '" + member + "' of the cluster of " + relay.endpoint() + " is lost: ";
    }

    private String reason() {
        return relayAnswers
                ? lostMember() + "it has not answered for " + PATIENCE.toSeconds() + " s"
                : "Incus at " + relay.endpoint() + ", by way of which the member '" + member
                        + "' of its cluster is reached, has not answered for " + PATIENCE.toSeconds() + " s";
    }

    @Override
    public Optional<IncusConnectionException> loss(String what, IOException cause) {
        return lost ? Optional.of(new MemberLostException(what, member, reason(), cause)) : Optional.empty();
    }

    @Override
    public Optional<IncusConnectionException> loss(String what, IncusException answer) {
        return answer.answer().contains(NOT_REACHED)
                        || CUT_OFF.matcher(answer.answer()).lookingAt()
                ? Optional.of(new MemberLostException(what, member, lostMember() + answer.answer(), answer))
                : Optional.empty();
    }

    @Override
    public boolean refusesCalls() {
        return lost;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
