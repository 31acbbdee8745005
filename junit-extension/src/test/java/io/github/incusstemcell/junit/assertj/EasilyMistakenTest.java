package io.github.incusstemcell.junit.assertj;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Scope;
import io.github.incusstemcell.systemd.JournalMark;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What systemd says in a way that is easily taken for something else. */
@IncusStemcell(scope = Scope.PER_CLASS)
class EasilyMistakenTest {

    private static void fails(ThrowingCallable assertion, String because) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(because);
    }

    @Test
    void aStaticUnitIsNotEnabled(StemcellContainer stemcell) {
        assertThat(stemcell).unit("systemd-journald").isStatic().isNotEnabled();
        fails(() -> assertThat(stemcell).unit("systemd-journald").isEnabled(), "(static, ");
        fails(() -> assertThat(stemcell).unit("systemd-journald").isDisabled(), "(static, ");
    }

    @Test
    void aCrashLoopNeverFails(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit(
                        "loops",
                        "[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=200ms\n");
        stemcell.exec("systemctl", "start", "--no-block", "loops").requireSuccess();

        assertThat(stemcell).within(ofSeconds(30)).unit("loops").hasRestartedAtLeast(2);
        assertThat(stemcell)
                .within(ofSeconds(30))
                .unit("loops")
                .hasSubState("auto-restart")
                .isNotFailed();
        fails(() -> assertThat(stemcell).unit("loops").hasNotRestarted(), "NRestarts=");
        fails(
                () -> assertThat(stemcell).always(ofSeconds(2)).unit("loops").hasSubState("auto-restart"),
                "states seen: ");

        stemcell.systemd().stop("loops");
    }

    @Test
    void aOneshotThatIsForgottenDoesNotCountAsOneThatSucceeded(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("once", "[Service]\nType=oneshot\nExecStart=/bin/echo it ran\n");
        fails(() -> assertThat(stemcell).unit("once").hasResult("success"), "Result=success");

        JournalMark mark = stemcell.journal().mark();
        stemcell.systemd().runUnit("once", ofSeconds(30)).requireSuccess();

        assertThat(stemcell).journal().ofUnit("once").since(mark).contains("it ran");
    }

    @Test
    void aUnitWhoseConditionIsNotMetDoesNotCountAsOneThatSucceeded(StemcellContainer stemcell) {
        stemcell.systemd()
                .writeUnit(
                        "skipped",
                        "[Unit]\nConditionPathExists=/none\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        stemcell.systemd().enable("skipped"); // so that systemd does not forget it
        stemcell.systemd().start("skipped");

        assertThat(stemcell).unit("skipped").isInactive().isNotFailed().hasConditionsNotMet();
        fails(() -> assertThat(stemcell).unit("skipped").hasResult("success"), "inactive (dead)");
        fails(() -> assertThat(stemcell).within(ofMillis(300)).unit("skipped").isActive(), "inactive (dead)");
    }

    @Test
    void aServiceWithoutItsProgramStartsWellAndFailsThen(StemcellContainer stemcell) {
        stemcell.systemd().writeUnit("hollow", "[Service]\nExecStart=/bin/no-such-program\n");
        stemcell.exec("systemctl", "start", "hollow");

        assertThat(stemcell)
                .within(ofSeconds(30))
                .unit("hollow")
                .isFailed()
                .hasResult("exit-code")
                .hasExited(203);
        stemcell.systemd().resetFailed("hollow");
    }
}
