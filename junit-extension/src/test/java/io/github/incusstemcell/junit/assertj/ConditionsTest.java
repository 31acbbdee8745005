package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.GuestSocket.tcp;
import static io.github.incusstemcell.junit.assertj.Messages.fail;
import static io.github.incusstemcell.junit.assertj.Messages.message;
import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.ExecResult;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.ActiveState;
import io.github.incusstemcell.systemd.JournalMark;
import io.github.incusstemcell.systemd.Unit;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Conditions of one's own, which are waited for as others are; and plain AssertJ, which looks once and says so. */
@IncusStemcell(scope = Scope.PER_CLASS)
class ConditionsTest {

    @Test
    void aConditionIsWaitedFor(StemcellContainer stemcell) {
        stemcell.files().writeString("/rotated", "old\n");
        stemcell.shell("(sleep 0.3; echo new, and longer > /rotated) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .file("/rotated")
                .satisfies(file -> file.size() > 4, "is rotated")
                .hasContentSatisfying(content -> content.startsWith("new"), "is new");

        stemcell.files().writeString("/rotated", "old\n");
        stemcell.shell("(sleep 0.3; echo new > /rotated) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .file("/rotated")
                .hasContentSatisfying(content -> content.startsWith("new"), "is new");

        stemcell.shell("(sleep 0.3; echo newer > /rotated) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .command("cat", "/rotated")
                .satisfies(result -> result.stdout().equals("newer\n"), "prints what is newer")
                .satisfies(ExecResult::isSuccess, "succeeds");

        stemcell.shell("(sleep 0.3; touch /appears) >/dev/null 2>&1 &");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .satisfies(guest -> guest.files().exists("/appears"), "has what appears");
        assertThat(stemcell).within(ofSeconds(20)).matches(guest -> guest.files()
                .exists("/appears"));
        assertThat(stemcell).always(ofMillis(100)).unit("cron").satisfies(Unit::exists, "exists");
        assertThat(stemcell)
                .within(ofSeconds(20))
                .systemd()
                .satisfies(systemd -> systemd.unit("cron").activeState() == ActiveState.ACTIVE, "has cron");
    }

    @Test
    void aConditionThatDoesNotHoldIsTold(StemcellContainer stemcell) {
        stemcell.files().writeString("/unrotated", "old\n");

        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .within(ofMillis(50))
                        .file("/unrotated")
                        .satisfies(file -> file.size() > 4, "is rotated")))
                .isEqualTo("Expecting /unrotated on NAME to satisfy \"is rotated\" within 0.05s (waited SECONDS)\n"
                        + "  but was: file, mode 0644, owner 0:0, 4 bytes\n"
                        + "  states seen: file, mode 0644, owner 0:0, 4 bytes at SECONDS");
        assertThat(message(stemcell, () -> assertThat(stemcell)
                        .file("/unrotated")
                        .hasContentSatisfying(String::isEmpty, "is empty")))
                .isEqualTo("Expecting /unrotated on NAME to have content satisfying \"is empty\"\n"
                        + "  but was: file, mode 0644, owner 0:0, 4 bytes\n  content: old");
        assertThat(message(
                        stemcell,
                        () -> assertThat(stemcell).always(ofMillis(50)).satisfies(guest -> false, "is as never")))
                .isEqualTo("Expecting the stemcell on NAME to satisfy \"is as never\" for 0.05s (waited SECONDS)\n"
                        + "  but it did not\n  states seen: not satisfied at SECONDS");
        fail(
                stemcell,
                "Expecting user eve on NAME to satisfy \"is small\"\n  but there is no such user; .*",
                () -> assertThat(stemcell).user("eve").satisfies(user -> user.uid() < 7, "is small"));
        fail(
                stemcell,
                "Expecting the installed packages on NAME to satisfy \"are few\"\n  but there were \\d+",
                () -> assertThat(stemcell).packages().satisfies(all -> all.size() < 7, "are few"));
        fail(
                stemcell,
                "(?s)Expecting the system on NAME to satisfy \"is off\"\n  but was: (running|degraded)",
                () -> assertThat(stemcell).systemd().satisfies(systemd -> false, "is off"));
    }

    @Test
    void eachSubjectTakesConditionsAndNoneWhereItIsAbsent(StemcellContainer stemcell) throws Throwable {
        JournalMark mark = stemcell.journal().mark();
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (EveryAssertion assertion : EveryAssertion.all()) {
            if (assertion.method().getName().equals("satisfies")) {
                Throwable thrown = catchThrowable(() -> assertion.make(assertThat(stemcell), mark));
                outcomes.put(assertion.subjectName(), thrown == null ? "holds" : "fails");
            }
        }
        Set<String> absent = Set.of("agent", "agent.process", "http", "httpFromTest", "sysctl", "userUnit");

        assertThat(outcomes.keySet())
                .contains("unit", "socket", "process", "host", "route", "mount", "file.tree", "processes", "machine");
        assertThat(outcomes)
                .allSatisfy((entry, outcome) ->
                        assertThat(outcome).as(entry).isEqualTo(absent.contains(entry) ? "fails" : "holds"));
    }

    @Test
    void plainAssertJIsRefusedWhereItWouldLookOnce(StemcellContainer stemcell) {
        JournalMark mark = stemcell.journal().mark();
        Map<String, String> accepted = new LinkedHashMap<>();
        for (EveryAssertion assertion : EveryAssertion.all()) {
            for (StemcellAssert timed : List.of(
                    assertThat(stemcell).within(ofMillis(50)),
                    assertThat(stemcell).always(ofMillis(50)))) {
                if (assertion.isUntimed()) {
                    Throwable thrown = catchThrowable(() -> assertion.make(timed, mark));
                    if (!(thrown instanceof IllegalStateException)) {
                        accepted.put(assertion.toString(), String.valueOf(thrown));
                    }
                }
            }
        }

        assertThat(accepted).isEmpty();
        assertThatThrownBy(() -> assertThat(stemcell)
                        .within(ofSeconds(5))
                        .command("cat", "/etc/hostname")
                        .stdout())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Plain AssertJ would look once at the stdout of 'cat /etc/hostname' on " + stemcell.name()
                        + ", and neither wait nor watch within 5s: ask by satisfies(condition, description), or leave out"
                        + " within");
    }

    @Test
    void whatIsTakenMayBeNull(StemcellContainer stemcell) {
        assertThat(stemcell)
                .file("/etc/passwd")
                .extracting(stat -> stat.linkTarget().orElse(null))
                .isNull();
        assertThat(stemcell).unit("cron").extracting(unit -> (String) null).isNull();
        StemcellSoftAssertions softly = new StemcellSoftAssertions();
        softly.assertThat(stemcell)
                .file("/etc/passwd")
                .extracting(stat -> (Object) null)
                .isNotNull();
        softly.assertThat(stemcell).file("/none").extracting(FileStat::size).isEqualTo(7L);

        assertThat(softly.assertionErrorsCollected()).hasSize(2);
        assertThat(softly.assertionErrorsCollected().get(0))
                .hasMessageContaining("[/etc/passwd on " + stemcell.name() + "] ")
                .hasMessageContaining("Expecting actual not to be null");
    }

    @Test
    void aConditionIsAskedOfEachReadingOnce(StemcellContainer stemcell) {
        AtomicInteger asked = new AtomicInteger();
        Iterator<Boolean> answers = List.of(false, false, true).iterator();

        assertThat(stemcell)
                .within(ofSeconds(20))
                .socket(tcp(22))
                .satisfies(
                        sockets -> {
                            asked.incrementAndGet();
                            return answers.next();
                        },
                        "has been seen three times");

        assertThat(asked).hasValue(3);
    }
}
