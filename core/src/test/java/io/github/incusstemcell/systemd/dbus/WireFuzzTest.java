package io.github.incusstemcell.systemd.dbus;

import io.github.incusstemcell.Fuzzer;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a guest that lies may send over its bus. */
class WireFuzzTest {

    @Test
    void readsDBus() throws Exception {
        byte[] call = new BusMessage.Call(
                        "/org/freedesktop/systemd1", "org.freedesktop.DBus.Properties", "Get", "ss", List.of("a", "b"))
                .encode(7, "org.freedesktop.systemd1");
        byte[] nested = new BusMessage.Call(
                        "/o",
                        "a.b",
                        "M",
                        "a(sv)as",
                        List.of(List.of(List.of("k", new Variant("as", List.of("x", "y")))), List.of("z")))
                .encode(8, null);
        Fuzzer.fuzz(
                "D-Bus",
                List.of(call, nested),
                input -> BusMessage.read(new DataInputStream(new ByteArrayInputStream(input))));
    }
}
