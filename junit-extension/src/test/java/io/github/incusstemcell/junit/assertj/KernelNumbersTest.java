package io.github.incusstemcell.junit.assertj;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Numbers of the kernel that have no sign, and may be beyond those of Java. */
class KernelNumbersTest {

    @Test
    void sysctls() {
        assertThat(SysctlAssert.isAtLeast("18446744073692774399", 68_719_476_736L))
                .isTrue();
        assertThat(SysctlAssert.isAtLeast("18446744073692774399", Long.MAX_VALUE))
                .isTrue();
        assertThat(SysctlAssert.isAtLeast("-18446744073692774399", Long.MIN_VALUE))
                .isFalse();
        assertThat(SysctlAssert.isAtLeast("7", 7)).isTrue();
        assertThat(SysctlAssert.isAtLeast("6", 7)).isFalse();
        assertThat(SysctlAssert.isAtLeast("32768 60999", 7)).isFalse();
        assertThat(SysctlAssert.isAtLeast("", 0)).isFalse();
        assertThat(SysctlAssert.isAtLeast("9".repeat(100_000), 0)).isFalse();
    }

    @Test
    void limitsOfProcesses() {
        String status =
                "1/status:Name:\tsystemd\n1/status:State:\tS (sleeping)\n1/status:PPid:\t0\n1/status:Uid:\t0\t0\t0\t0\n";
        String limits = "1/limits:Max file size             11529215046068469760 unlimited            bytes     \n"
                + "1/limits:Max open files            1024                 524288               files     \n";

        assertThat(Processes.of("c1", "9\n" + status + limits + "--\n").entries())
                .singleElement()
                .extracting(process -> process.details().limits())
                .isEqualTo(Map.of(
                        ProcessLimit.FSIZE,
                        new ProcessDetails.Limit(OptionalLong.of(Long.MAX_VALUE), OptionalLong.empty()),
                        ProcessLimit.NOFILE,
                        new ProcessDetails.Limit(OptionalLong.of(1024), OptionalLong.of(524_288))));
    }
}
