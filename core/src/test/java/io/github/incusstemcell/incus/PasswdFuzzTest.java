package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a guest may have in the file in which the user of a command is looked up. */
class PasswdFuzzTest {

    private static final String PASSWD = "root:x:0:0:root:/root:/bin/bash\nvcap:x:1000:1000:,,,:/home/vcap:/bin/bash\n";

    @Test
    void readsUsers() throws Exception {
        Fuzzer.fuzz("passwd", List.of(PASSWD.getBytes(StandardCharsets.UTF_8)), input -> {
            String passwd = new String(input, StandardCharsets.UTF_8);
            GuestUser.find(passwd, "vcap");
            GuestUser.find(passwd, "1000");
        });
    }

    @Test
    void takesNoLineWithoutNumbersForAUser() {
        String broken = "vcap:x:1000x:1000:,,,:/home/vcap:/bin/bash\nvcap:x:99999999999:0::/:/bin/sh\n";

        assertThat(GuestUser.find(broken, "vcap")).isEmpty();
        assertThat(GuestUser.find(broken + PASSWD, "vcap"))
                .hasValueSatisfying(user -> assertThat(user.uid()).isEqualTo(1000));
    }
}
