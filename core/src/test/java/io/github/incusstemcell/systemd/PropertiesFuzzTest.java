package io.github.incusstemcell.systemd;

import io.github.incusstemcell.Fuzzer;
import io.github.incusstemcell.systemd.dbus.BusMessage;
import io.github.incusstemcell.systemd.dbus.Variant;
import io.github.incusstemcell.systemd.properties.PropertyValues;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a systemd that lies may say of its units. */
class PropertiesFuzzTest {

    private static void readAll(Map<String, Object> properties) {
        PropertyValues values = new PropertyValues(properties);
        values.names().forEach(values::shown);
        values.count("MainPID");
        values.time("ActiveEnterTimestamp");
        values.micros("TimeoutStartUSec");
        values.list("After");
        UnitCondition.of(values);
        values.loadError();
        SocketUnit.of(values);
    }

    @Test
    void readsPropertiesOfSystemctl() throws Exception {
        String text =
                "Id=a.socket\nMainPID=12\nActiveEnterTimestamp=Mon 2026-01-05 10:00:00.123456 UTC\nTimeoutStartUSec=1min 30.5s\n"
                        + "After=a.service b.target\nListen=/run/x (Stream)\nLoadError=org.x \"gone\"\n";
        Fuzzer.fuzz("systemctl show", List.of(text.getBytes(StandardCharsets.UTF_8)), input -> {
            Map<String, Object> properties = new HashMap<>();
            new String(input, StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] field = line.split("=", 2);
                properties.put(field[0], field[field.length - 1]);
            });
            readAll(properties);
        });
    }

    @Test
    void readsPropertiesOfTheBus() throws Exception {
        List<List<?>> properties = List.of(
                List.of("Id", new Variant("s", "a.socket")),
                List.of("MainPID", new Variant("u", 12L)),
                List.of("ActiveEnterTimestamp", new Variant("t", 1_700_000_000_000_000L)),
                List.of("After", new Variant("as", List.of("a.service"))),
                List.of("LoadError", new Variant("(ss)", List.of("org.x", "gone"))),
                List.of("Conditions", new Variant("a(sbbsi)", List.of(List.of("ConditionX", true, false, "/x", 1L)))),
                List.of("Listen", new Variant("a(ss)", List.of(List.of("Stream", "/run/x")))),
                List.of("IPAddressAllow", new Variant("a(iayu)", List.of())),
                List.of("RestrictNamespaces", new Variant("t", 0x20000000L)));
        byte[] message = new BusMessage.Call("/o", "a.b", "M", "a(sv)", List.of(properties)).encode(7, null);
        Fuzzer.fuzz("properties of systemd", List.of(message), input -> readAll(propertiesOf(input)));
    }

    private static Map<String, Object> propertiesOf(byte[] input) throws IOException {
        BusMessage message = BusMessage.read(new DataInputStream(new ByteArrayInputStream(input)));
        Map<String, Object> found = new HashMap<>();
        if (!message.body().isEmpty() && message.body().get(0) instanceof List<?> rows) {
            for (Object row : rows) {
                if (row instanceof List<?> pair && pair.size() == 2 && pair.get(0) instanceof String name) {
                    found.put(name, pair.get(1));
                }
            }
        }
        return found;
    }
}
