package intruder;

import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.internal.DaemonThreads;
import io.github.incusstemcell.junit.report.DiagnosticsMode;
import io.github.incusstemcell.oci.registry.RegistryClient;
import io.github.incusstemcell.oci.tar.TarReader;
import io.github.incusstemcell.systemd.dbus.BusMessage;
import io.github.incusstemcell.systemd.properties.PropertyValues;

class Intruder {}
