package io.github.incusstemcell.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The expected octets follow from the D-Bus specification, not from our own writer. */
class WireFormatTest {

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    private static List<Object> read(String signature, ByteOrder order, String hex) {
        return new WireReader(ByteBuffer.wrap(hex(hex)).order(order)).values(signature);
    }

    @Test
    void readsEachTypeFromItsBoundary() {
        List<Object> values = read(
                "ybnqiuxtd",
                ByteOrder.LITTLE_ENDIAN,
                "ff 000000 01000000 feff feff feffffff feffffff 00000000 feffffffffffffff 0100000000000000 000000000000f83f");

        assertThat(values).containsExactly(255L, true, -2L, 65534L, -2L, 4294967294L, -2L, 1L, 1.5);
    }

    @Test
    void keepsTheLargestNumberApartFromMinusOne() {
        List<Object> values = read("tx", ByteOrder.LITTLE_ENDIAN, "ffffffffffffffff ffffffffffffffff");

        assertThat(values).containsExactly(new BigInteger("18446744073709551615"), -1L);
    }

    @Test
    void readsZeroAsANumberLikeAllOthers() {
        assertThat(read("t", ByteOrder.LITTLE_ENDIAN, "0000000000000000")).containsExactly(0L);
    }

    @Test
    void readsBytesAsThemselves() {
        assertThat((byte[]) read("ay", ByteOrder.LITTLE_ENDIAN, "02000000 2fff").get(0))
                .containsExactly(0x2f, 0xff);
    }

    @Test
    void readsAnyNumberOfValuesBesideEachOther() {
        assertThat(read("au", ByteOrder.LITTLE_ENDIAN, "90010000" + "07000000".repeat(100)))
                .containsExactly(Collections.nCopies(100, 7L));
    }

    @Test
    void readsEachEntryOfADictionaryFromItsBoundary() {
        assertThat(read("a{yy}", ByteOrder.LITTLE_ENDIAN, "0a000000 00000000 010a 000000000000 020b"))
                .containsExactly(Map.of(1L, 10L, 2L, 11L));
    }

    @Test
    void readsBigEndianToo() {
        assertThat(read("us", ByteOrder.BIG_ENDIAN, "00000007 00000002 6869 00"))
                .containsExactly(7L, "hi");
    }

    @Test
    void readsStructsVariantsAndDictionaries() {
        List<Object> values = read(
                "a{sv}(sb)",
                ByteOrder.LITTLE_ENDIAN,
                "13000000 00000000 01000000 6100 017300 000000 02000000 686900 0000000000"
                        + "01000000 7800 0000 01000000");

        assertThat(values).containsExactly(Map.of("a", "hi"), List.of("x", true));
    }

    @Test
    void readsAnEmptyArrayOfStructsWithItsPadding() {
        assertThat(read("a(ss)y", ByteOrder.LITTLE_ENDIAN, "00000000 00000000 07"))
                .containsExactly(List.of(), 7L);
    }

    @Test
    void writesWhatItReads() {
        String signature = "sa(sv)asbta(sa(sv))";
        List<Object> values = List.of(
                "x",
                List.of(
                        List.of("ExecStart", new Variant("a(sasb)", List.of(List.of("/b", List.of("/b", "c"), false)))),
                        List.of("MemoryMax", new Variant("t", -1L))),
                List.of("one", "two"),
                true,
                3L,
                List.of());

        byte[] bytes = new WireWriter().values(signature, values).bytes();

        assertThat(new WireReader(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)).values(signature))
                .containsExactly(
                        "x",
                        List.of(
                                List.of("ExecStart", List.of(List.of("/b", List.of("/b", "c"), false))),
                                List.of("MemoryMax", new BigInteger("18446744073709551615"))),
                        List.of("one", "two"),
                        true,
                        3L,
                        List.of());
    }

    @Test
    void writesNumbersOfTwoBytes() {
        assertThat(written("yqn", List.of(1L, 65534L, -2L))).isEqualTo("01" + "00" + "feff" + "feff");
    }

    @Test
    void writesEachElementFromTheBoundaryThatItHasInTheMessage() {
        assertThat(written("at", List.of(List.of(1L)))).isEqualTo("08000000" + "00000000" + "0100000000000000");
        assertThat(written("av", List.of(List.of(new Variant("t", 1L)))))
                .isEqualTo("0c000000" + "017400" + "00" + "0100000000000000");
    }

    private static String written(String signature, List<?> values) {
        return HexFormat.of()
                .formatHex(new WireWriter().values(signature, values).bytes());
    }

    @Test
    void writesACallAsTheSpecificationHasIt() {
        byte[] call = new BusMessage.Call("/o", "i.f", "M", "s", List.of("hi")).encode(5, null);

        assertThat(HexFormat.of().formatHex(call))
                .isEqualTo("6c010001" + "07000000" + "05000000" + "37000000"
                        + "01016f00" + "02000000" + "2f6f00" + "0000000000"
                        + "02017300" + "03000000" + "692e6600" + "00000000"
                        + "03017300" + "01000000" + "4d00" + "000000000000"
                        + "08016700" + "017300" + "00"
                        + "02000000" + "686900");
    }

    @Test
    void readsAMessageFromAStreamAndStopsAtItsEnd() throws IOException {
        byte[] signal = new BusMessage.Call("/org/x", "org.x.I", "Changed", "sa{sv}", List.of("a", List.of()))
                .encode(9, "org.y");
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(signal));

        BusMessage message = BusMessage.read(in);

        assertThat(message.type()).isEqualTo(BusMessage.CALL);
        assertThat(message.serial()).isEqualTo(9);
        assertThat(message.path()).isEqualTo("/org/x");
        assertThat(message.interfaceName()).isEqualTo("org.x.I");
        assertThat(message.member()).isEqualTo("Changed");
        assertThat(message.body()).containsExactly("a", Map.of());
        assertThatThrownBy(() -> BusMessage.read(in)).isInstanceOf(EOFException.class);
    }

    @Test
    void readsAnErrorByWhatItAnswersAndWhatItIsCalled() throws IOException {
        BusMessage error = message("6c030001" + "07000000" + "09000000" + "1f000000"
                + "05017500" + "05000000"
                + "04017300" + "03000000" + "652e6600" + "00000000"
                + "08016700" + "017300" + "00"
                + "02000000" + "686900");

        assertThat(error.type()).isEqualTo(BusMessage.ERROR);
        assertThat(error.replySerial()).isEqualTo(5);
        assertThat(error.errorName()).isEqualTo("e.f");
        assertThat(error.path()).isEmpty();
        assertThat(error.body()).containsExactly("hi");
    }

    @Test
    void readsTheBodyFromTheBoundaryBehindTheHeader() throws IOException {
        BusMessage reply = message("6c020001" + "04000000" + "09000000" + "0f000000"
                + "05017500" + "05000000"
                + "08016700" + "017500" + "00"
                + "07000000");

        assertThat(reply.body()).containsExactly(7L);
    }

    @Test
    void readsAMessageWithoutFieldsAndBody() throws IOException {
        BusMessage bare = message("6c040001" + "00000000" + "09000000" + "00000000");

        assertThat(bare.serial()).isEqualTo(9);
        assertThat(bare.body()).isEmpty();
        assertThat(bare.replySerial()).isZero();
        assertThat(bare.errorName()).isEmpty();
    }

    /** 128 MiB with its header. */
    @Test
    void takesNoMessageThatIsLongerThanTheSpecificationAllows() {
        assertThatThrownBy(() -> message("6c040001" + "f0ffff07" + "09000000" + "00000000"))
                .isInstanceOf(EOFException.class);
        for (String longer : List.of("f1ffff07", "00000008")) {
            assertThatThrownBy(() -> message("6c040001" + longer + "09000000" + "00000000"))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("Not a D-Bus message: header 6c040001");
        }
    }

    private static BusMessage message(String hex) throws IOException {
        return BusMessage.read(new DataInputStream(new ByteArrayInputStream(hex(hex))));
    }

    @Test
    void refusesWhatIsNoMessage() {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream("bash: command not found".getBytes()));

        assertThatThrownBy(() -> BusMessage.read(in))
                .isInstanceOf(IOException.class)
                .hasMessage("Not a D-Bus message: header 626173683a20636f6d6d616e64206e6f");
    }

    @Test
    void refusesValuesThatAreDeeperThanTheSpecificationAllows() {
        String deep = "017600".repeat(63) + "017900" + "07";
        Object value = read("v", ByteOrder.LITTLE_ENDIAN, deep.substring(6)).get(0);
        assertThat(value).isEqualTo(7L);
        for (int depth : List.of(64, 100_000)) {
            assertThatThrownBy(() -> read("v", ByteOrder.LITTLE_ENDIAN, "017600".repeat(depth) + "017900" + "07"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A D-Bus value of more than 64 values in each other");
        }
    }

    @Test
    void takesNoMemoryForALengthThatLies() {
        for (String signature : List.of("s", "ay", "au")) {
            for (String length : List.of("ffffff7f", "ffffffff", "05000000")) {
                assertThatThrownBy(() -> read(signature, ByteOrder.LITTLE_ENDIAN, length + "01000000"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageMatching("A D-Bus value of -?\\d+ bytes, of which 4 are there");
            }
        }
    }

    @Test
    void refusesSignaturesThatAreNone() {
        List<String> good =
                List.of("a{sv}", "(y(ya(ii))v)", "a".repeat(32) + "y", "(".repeat(32) + "y" + ")".repeat(32));
        for (String signature : good) {
            assertThat(new Signature(signature).next()).isEqualTo(signature);
        }
        List<String> bad = List.of(
                "a",
                "(",
                "(y",
                "()",
                "a()",
                "a{}",
                "(y}",
                ")",
                "(a)",
                "a".repeat(33) + "y",
                "(".repeat(33) + "y",
                "a".repeat(100_000),
                "(".repeat(100_000));
        for (String signature : bad) {
            assertThatThrownBy(() -> new Signature(signature).next())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Not a D-Bus signature: ");
        }
        assertThatThrownBy(() -> read("v", ByteOrder.LITTLE_ENDIAN, "02797900 0101"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A D-Bus variant of several values: yy");
        assertThatThrownBy(() -> read("a()", ByteOrder.LITTLE_ENDIAN, "08000000 00000000 0000000000000000"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
