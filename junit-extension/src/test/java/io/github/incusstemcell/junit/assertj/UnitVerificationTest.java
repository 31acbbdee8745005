package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Of which units lines of systemd-analyze(1) are. */
class UnitVerificationTest {

    @Test
    void linesThatNameAUnit() {
        for (String line : List.of(
                "foo.service: Command /bin/none is not executable: No such file or directory",
                "/etc/systemd/system/foo.service:3: Unknown key name 'Colour' in section 'Service', ignoring.",
                "/etc/systemd/system/foo.service.d/a.conf:2: Unknown key name",
                "Failed to load foo.service.",
                "Unit foo.service not found.")) {
            assertThat(UnitVerification.names(line, "foo.service")).as(line).isTrue();
        }
    }

    @Test
    void linesThatNameOthers() {
        for (String line : List.of(
                "xfoo.service: Command /bin/none is not executable: No such file or directory",
                "/etc/systemd/system/x-foo.service:3: Unknown key name",
                "x.foo.service: Bad",
                "x@foo.service: Bad",
                "dev-\\x2dfoo.service: Bad",
                "foo.services: Bad",
                "foo@service: Bad")) {
            assertThat(UnitVerification.names(line, "foo.service")).as(line).isFalse();
        }
        assertThat(UnitVerification.names("/usr/etc/systemd/system/a.service:1: Bad", "/etc/systemd/system/a.service"))
                .isFalse();
    }
}
