package io.github.incusstemcell.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.container.DaemonFaults.Fault;
import io.github.incusstemcell.container.DaemonFaults.Stage;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One stage for each kind of fault of the daemon; {@link DaemonFaults} has all. */
@Timeout(240)
class DaemonFaultsTest {

    @ParameterizedTest
    @CsvSource({"KILLED, CREATE", "SOCKET_GONE, DELETE", "FROZEN_3, START"})
    void isWaitedForOrToldOf(Fault fault, Stage stage, @TempDir Path folder) throws Exception {
        assertThat(DaemonFaults.outcome(fault, stage, folder)).matches(DaemonFaults::isAsItShouldBe);
    }
}
