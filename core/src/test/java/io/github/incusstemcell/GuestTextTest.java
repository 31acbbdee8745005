package io.github.incusstemcell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuestTextTest {

    @Test
    void showsWhatATerminalWouldTakeForACommand() {
        assertThat(new IncusStemcellException("a\u001b]0;title\u0007b\r\u009bc \u202egnp\n\tend \udc80"))
                .hasMessage("a\\x1b]0;title\\x07b\\x0d\\x9bc \\u202egnp\n\tend \\udc80");
    }

    @Test
    void leavesAllOtherText() {
        String text = "ümläut € 😀 'x' \\x1b\n\tend";

        assertThat(GuestText.escaped(text)).isSameAs(text);
    }

    @Test
    void keepsTheBeginningAndTheEndOfALongMessage() {
        String message = new IncusStemcellException("begin" + "x".repeat(3_000_000) + "end").getMessage();

        assertThat(message)
                .hasSizeLessThan(16_100)
                .startsWith("beginxxx")
                .contains("x\n[2984008 characters are left out]\nx")
                .endsWith("xxxend");
    }
}
