package io.github.incusstemcell.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitNameTest {

    @ParameterizedTest
    @CsvSource({
        "ssh.service, ssh_2eservice",
        "systemd-tmpfiles-clean.timer, systemd_2dtmpfiles_2dclean_2etimer",
        "getty@tty1.service, getty_40tty1_2eservice",
        "7.mount, _37_2emount",
        "a_b.service, a_5fb_2eservice",
        "dev-disk-by\\x2did.device, dev_2ddisk_2dby_5cx2did_2edevice",
    })
    void namesTheObjectOfAUnitAndBack(String name, String escaped) {
        assertThat(UnitName.path(name)).isEqualTo("/org/freedesktop/systemd1/unit/" + escaped);
        assertThat(UnitName.ofPath("/org/freedesktop/systemd1/unit/" + escaped)).isEqualTo(name);
    }

    @Test
    void anotherObjectIsNoUnit() {
        assertThat(UnitName.ofPath("/org/freedesktop/systemd1/job/7")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ssh, ssh.service",
        "a.b, a.b.service",
        "x.timer, x.timer",
        "-.mount, -.mount",
        "run@1.2, run@1.2.service"
    })
    void takesANameWithoutATypeForAService(String name, String complete) {
        assertThat(UnitName.complete(name)).isEqualTo(complete);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.timer", "a.b.timer"})
    void knowsTheType(String name) {
        assertThat(UnitName.type(name)).isEqualTo("timer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh", "getty@tty1", "a@b@c", "a@.b", "-.mount", "dev-disk-by\\x2did.device"})
    void takesWhatSystemdCanLoad(String name) {
        assertThatCode(() -> UnitName.ofOne(name)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "/etc", "cron*", "@x.service", "\u00e4"})
    void refusesWhatCanNameNoUnit(String name) {
        assertThatThrownBy(() -> UnitName.ofOne(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Not the name of a unit: '" + name + "'");
    }

    @Test
    void refusesATemplate() {
        assertThatThrownBy(() -> UnitName.ofOne("getty@"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("getty@.service is a template, which systemd does not run;"
                        + " name one of its instances, as getty@x.service");
    }
}
