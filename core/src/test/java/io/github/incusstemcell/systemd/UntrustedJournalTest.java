package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Journals as a guest may have them, and guests that have none. */
@Timeout(120)
class UntrustedJournalTest {

    private static Guest guest;

    @BeforeAll
    static void boot() {
        guest = Guest.start();
        try (Systemd systemd = Systemd.of(guest.instance())) {
            systemd.waitUntilBooted(Duration.ofSeconds(60));
        }
    }

    @AfterAll
    static void delete() {
        guest.close();
    }

    @Test
    void areReadAlthoughOneEntryIsHuge() throws Exception {
        Journal journal = Journal.of(guest.instance());
        JournalMark mark = journal.mark();
        CompletableFuture<String> followed = new CompletableFuture<>();
        try (JournalFollower follower =
                journal.follow(JournalQuery.all().identifier("after"), entry -> followed.complete(entry.message()))) {
            follower.onFailure(followed::completeExceptionally);
            guest.run("logger -t before small; { printf 'MESSAGE='; head -c 25000000 /dev/zero | tr '\\0' x;"
                    + " printf '\\nSYSLOG_IDENTIFIER=huge\\n'; } | logger --journald; logger -t after small");

            assertThat(followed.get(60, TimeUnit.SECONDS)).isEqualTo("small");
        }
        List<JournalEntry> entries = journal.since(mark).stream()
                .filter(entry -> List.of("before", "huge", "after")
                        .contains(entry.identifier().orElse("")))
                .toList();

        assertThat(entries)
                .extracting(entry -> entry.identifier().orElseThrow())
                .containsExactly("before", "huge", "after");
        assertThat(entries.get(1).message()).startsWith("xxx").endsWith("x [the last 23951424 bytes are left out]");
    }

    @Test
    void areNotMissedByAReportOfAUnit() {
        try (Guest deaf = Guest.start();
                Systemd systemd = Systemd.of(deaf.instance())) {
            systemd.waitUntilBooted(Duration.ofSeconds(60));
            systemd.writeUnit("broken", "[Service]\nExecStart=/bin/false\nType=oneshot\n");
            deaf.run("systemctl mask --now systemd-journald.service systemd-journald.socket"
                    + " systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald-varlink@.socket"
                    + " >/dev/null 2>&1; rm -rf /run/systemd/journal/io.systemd.journal; true");

            assertThatThrownBy(() -> systemd.start("broken"))
                    .isInstanceOf(UnitFailedException.class)
                    .hasMessageStartingWith(
                            "Cannot start broken.service on " + deaf.name() + ": the job ended with failed")
                    .hasMessageContaining("  journal of this invocation: not known: The journal of " + deaf.name()
                            + " cannot be read: ");
        }
    }
}
