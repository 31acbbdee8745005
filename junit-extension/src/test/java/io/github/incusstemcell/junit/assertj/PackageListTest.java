package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageListTest {

    private static final String ENTRIES = """
            +++-==============-============-============-=================================
            ii  apt            3.0.3        amd64        commandline package manager
            rc  old            1.0-1        all          something that was removed
            hi  libc6:amd64    2.41-12      amd64        GNU C Library: Shared libraries
            iU  half           1.0-1        all          something that is unpacked only
            """;

    @TempDir
    private Path folder;

    private Path list(String text) throws IOException {
        return Files.writeString(folder.resolve("list"), text);
    }

    @Test
    void ofDpkg() throws IOException {
        Path list = list("Desired=Unknown/Install/Remove/Purge/Hold\n"
                + "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
                + "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
                + "||/ Name           Version      Architecture Description\n" + ENTRIES);

        assertThat(PackageList.namesIn(list)).containsExactly("apt", "libc6:amd64");
    }

    @Test
    void ofDpkgSinceItDrawsItsHeadlineInAnotherWay() throws IOException {
        Path list = list("+-- Desired=Unknown/Install/Remove/Purge/Hold\n"
                + "|+- Status=Inst/Not-inst/Confs/Unpack/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
                + "||+ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
                + "||| Name           Version      Architecture Description\n" + ENTRIES);

        assertThat(PackageList.namesIn(list)).containsExactly("apt", "libc6:amd64");
    }

    @Test
    void ofNames() throws IOException {
        assertThat(PackageList.namesIn(list("# ours\napt 3.0.3\n\n  libc6:amd64\n")))
                .containsExactly("apt", "libc6:amd64");
        Path none = list("# none\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PackageList.namesIn(none))
                .withMessage("There are no packages in the list " + none);
    }
}
