package io.github.incusstemcell.samples;

import static java.time.Duration.ofMillis;

import io.github.incusstemcell.container.StemcellContainer;
import java.util.Map;

/** The calls that docs/faults.md lists. They are compiled only, as not every kernel can delay; see {@link FaultsTest} for some at work. */
final class FaultCalls {

    private FaultCalls() {}

    static void network(StemcellContainer stemcell, StemcellContainer db) {
        stemcell.network().cut();
        stemcell.network().cut(db);
        stemcell.network().loss(10);
        stemcell.network().delay(ofMillis(200), ofMillis(20));
        stemcell.network().heal();
    }

    static void disks(StemcellContainer stemcell) {
        stemcell.disks().attach("data", "128MiB", "/var/vcap/store");
        stemcell.exec("dd", "if=/dev/zero", "of=/var/vcap/store/large", "bs=1M");
        stemcell.disks().limit("data", "1MiB", "10iops");
        stemcell.disks().detach("data");
    }

    static void power(StemcellContainer stemcell) {
        stemcell.powerCut();
        stemcell.boot();
    }

    static void limitsAndDevices(StemcellContainer stemcell) {
        stemcell.config("limits.memory", "512MiB");
        stemcell.config("limits.cpu.allowance", "10%");
        stemcell.devices().set("gpu", Map.of("type", "unix-char", "path", "/dev/own", "major", "1", "minor", "5"));
        stemcell.devices().remove("gpu");
    }
}
