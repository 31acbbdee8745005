package io.github.incusstemcell.systemd;

import io.github.incusstemcell.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a guest that lies may send by its journal. */
class JournalFuzzTest {

    @Test
    void readsTheJournal() throws Exception {
        String entry =
                "{\"__CURSOR\":\"s=1;i=2\",\"__REALTIME_TIMESTAMP\":\"1700000000000000\",\"MESSAGE\":[104,105,255],"
                        + "\"PRIORITY\":\"6\",\"_PID\":\"1\",\"UNIT\":[\"a.service\",\"b.service\"],\"X\":null}\n";
        Fuzzer.fuzz("journal", List.of(entry.getBytes(StandardCharsets.UTF_8)), input -> new JournalLines(
                        JournalJson::entry)
                .add(input, input.length));
        Fuzzer.fuzz("journal entry", List.of(entry.getBytes(StandardCharsets.UTF_8)), JournalJson::entry);
    }
}
