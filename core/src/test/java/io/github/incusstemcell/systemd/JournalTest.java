package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Guest guest;
    private static Systemd systemd;
    private static Journal journal;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        systemd = Systemd.of(guest.instance());
        systemd.waitUntilBooted(Duration.ofSeconds(60));
        journal = Journal.of(guest.instance());
    }

    @AfterAll
    static void delete() {
        systemd.close();
        guest.close();
    }

    private static List<String> messages(JournalQuery query) {
        return journal.entries(query).stream().map(JournalEntry::message).toList();
    }

    @Test
    void hasEachLineAtOnceAfterItWasWritten() {
        JournalMark mark = journal.mark();
        guest.run("for n in $(seq 200); do echo line $n; done | systemd-cat -t counting -p warning");

        List<JournalEntry> entries =
                journal.entries(JournalQuery.all().after(mark).identifier("counting"));

        assertThat(entries)
                .extracting(JournalEntry::message)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 200).mapToObj(n -> "line " + n).toList());
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.priority()).contains(Priority.WARNING);
            assertThat(entry.identifier()).contains("counting");
            assertThat(entry.time()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        });
        assertThat(journal.since(mark))
                .containsAll(List.of())
                .extracting(JournalEntry::message)
                .contains("line 1");
    }

    @Test
    void keepsWhatIsNoText() {
        JournalMark mark = journal.mark();
        guest.run(
                "printf 'MESSAGE=x\\377y\\nTAG=one\\nTAG=two\\nBIG=%s\\n' $(head -c 6000 /dev/zero | tr '\\0' a) | logger --journald");

        JournalEntry entry = journal.since(mark).stream()
                .filter(one -> one.field("TAG").isPresent())
                .findFirst()
                .orElseThrow();

        assertThat(entry.messageBytes()).containsExactly('x', 0xff, 'y');
        assertThat(entry.fields().get("TAG")).containsExactlyInAnyOrder("one", "two");
        assertThat(entry.field("BIG").orElseThrow()).hasSize(6000);
    }

    @Test
    void narrowsDown() {
        // It stays until journald has read what it said: of who is gone journald does not learn the invocation.
        systemd.writeUnit(
                "talks",
                "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo plain; echo \"<3>grave\"; journalctl --sync'\n");
        JournalMark mark = journal.mark();
        UnitRun first = systemd.runUnit("talks", LIMIT);
        Instant between = Instant.now();
        UnitRun second = systemd.runUnit("talks", LIMIT);
        JournalQuery talks = JournalQuery.all().unit("talks");

        assertThat(messages(talks)).filteredOn("plain"::equals).hasSize(2);
        assertThat(messages(talks.priorityAtLeast(Priority.ERROR))).containsExactly("grave", "grave");
        assertThat(messages(talks.since(between))).filteredOn("plain"::equals).hasSize(1);
        assertThat(messages(talks.until(between))).filteredOn("plain"::equals).hasSize(1);
        assertThat(messages(JournalQuery.all()
                        .invocation(first.unit().invocationId().orElseThrow())))
                .contains("plain", "grave")
                .anyMatch(message -> message.contains("talks.service"));
        assertThat(second.journal()).isNotEmpty().allSatisfy(entry -> assertThat(entry.invocationId())
                .isEqualTo(second.unit().invocationId()));
        assertThat(messages(talks.last(1))).hasSize(1);
        assertThat(messages(talks.after(mark).last(1))).isEqualTo(messages(talks.last(1)));
        assertThat(messages(talks.after(mark))).startsWith(messages(talks).get(0));
        assertThat(messages(talks.matching(Pattern.compile("^gra")))).containsExactly("grave", "grave");
        assertThat(messages(JournalQuery.all().identifier("nobody-says-this"))).isEmpty();
    }

    @Test
    void handsOverEachEntryAsItIsWritten() throws InterruptedException {
        BlockingQueue<JournalEntry> entries = new LinkedBlockingQueue<>();
        JournalFollower follower = journal.follow(JournalQuery.all().identifier("live"), entries::add);
        try {
            guest.run("echo now | systemd-cat -t live");

            assertThat(entries.poll(10, TimeUnit.SECONDS))
                    .extracting(JournalEntry::message)
                    .isEqualTo("now");
        } finally {
            follower.close();
        }
        guest.run("echo later | systemd-cat -t live");
        assertThat(journal.entries(JournalQuery.all().identifier("live"))).hasSize(2);
        assertThat(entries).isEmpty();
        assertThat(guest.run("pgrep -c journalctl || true").strip()).isEqualTo("0");
    }

    @Test
    void followsFromAMarkWithoutAGap() {
        JournalMark mark = journal.mark();
        guest.run("echo before | systemd-cat -t marked");

        assertThat(journal.await(
                        JournalQuery.all().after(mark), entry -> entry.message().equals("before"), LIMIT))
                .isPresent();
        assertThat(journal.await(JournalQuery.all(), entry -> entry.message().equals("before"), Duration.ofMillis(300)))
                .isEmpty();
    }

    @Test
    void followsAcrossRotationsAndRestartsOfJournald() throws InterruptedException {
        BlockingQueue<JournalEntry> entries = new LinkedBlockingQueue<>();
        JournalFollower follower = journal.follow(JournalQuery.all().identifier("turning"), entries::add);
        try {
            for (String turn : List.of(
                    "journalctl --rotate",
                    "journalctl --rotate --vacuum-time=1s",
                    "systemctl restart systemd-journald")) {
                guest.run(turn + "; echo after " + turn + " | systemd-cat -t turning");

                assertThat(entries.poll(30, TimeUnit.SECONDS))
                        .extracting(JournalEntry::message)
                        .isEqualTo("after " + turn);
            }
        } finally {
            follower.close();
        }
    }

    @Test
    void readsOnFromAMarkWhoseEntryIsGone() {
        guest.run("echo marked | systemd-cat -t vanishing");
        JournalMark mark = journal.mark();
        guest.run("journalctl --rotate; journalctl --vacuum-time=1s; echo later | systemd-cat -t vanishing");

        assertThat(messages(JournalQuery.all().identifier("vanishing").after(mark)))
                .containsExactly("later");
    }

    @Test
    void saysWhenTheFollowingEnds() throws Exception {
        CompletableFuture<Throwable> reason = new CompletableFuture<>();
        BlockingQueue<JournalEntry> entries = new LinkedBlockingQueue<>();
        JournalFollower follower = journal.follow(JournalQuery.all().identifier("following"), entries::add);
        try {
            follower.onFailure(reason::complete);
            guest.run("echo begun | systemd-cat -t following");
            // Then it is the follower's journalctl that dies, and none that was there before.
            assertThat(entries.poll(30, TimeUnit.SECONDS)).isNotNull();
            guest.run("pkill -x journalctl");

            assertThat(reason.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(SystemdException.class)
                    .hasMessageStartingWith(
                            "The journal of " + guest.name() + " cannot be read: journalctl ended with exit code ");
        } finally {
            follower.close();
        }
    }

    @Test
    void neverTakesABrokenJournalForAnEmptyOne() {
        guest.run("mv /usr/bin/journalctl /usr/bin/journalctl.away");
        try {
            assertThatThrownBy(() -> journal.entries(JournalQuery.all()))
                    .isInstanceOf(SystemdException.class)
                    .hasMessageMatching(
                            "(?s)The journal of " + guest.name()
                                    + " cannot be read: journalctl ended with exit code 1: .*journalctl.*not found.*journald does not answer");
        } finally {
            guest.run("mv /usr/bin/journalctl.away /usr/bin/journalctl");
        }
    }
}
