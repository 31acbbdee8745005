package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChannelProcessTest {

    /** Of two with one letter perl would know the latter only. */
    @Test
    void hasALetterOfItsOwnForEachThingThatItIsAskedFor() throws IOException {
        String script;
        try (InputStream source = ChannelProcess.class.getResourceAsStream("channel.pl")) {
            script = new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
        String does = script.substring(script.indexOf("my %does = ("), script.indexOf("syswrite STDOUT, \"channel"));
        List<String> letters = Pattern.compile("^    (\\w) =>", Pattern.MULTILINE)
                .matcher(does)
                .results()
                .map(MatchResult::group)
                .map(entry -> entry.strip().substring(0, 1))
                .toList();

        assertThat(letters).doesNotHaveDuplicates();
        assertThat(letters)
                .containsAll(Stream.of(
                                ChannelProcess.FILES,
                                ChannelProcess.START,
                                ChannelProcess.EVALUATE,
                                ChannelProcess.DEPENDING)
                        .map(letter -> Character.toString(letter))
                        .toList());
    }
}
