package io.github.incusstemcell.systemd.dbus;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One D-Bus message (D-Bus specification, "Message Format").
 *
 * @param type {@link #CALL}, {@link #REPLY}, {@link #ERROR} or {@link #SIGNAL}
 * @param serial the sender's number of this message
 * @param fields the header fields, by their code
 * @param body the arguments, numbers as {@link Long} or, above its range, {@link java.math.BigInteger}; strings, paths and signatures as {@link String}
 */
public record BusMessage(int type, long serial, Map<Integer, Object> fields, List<Object> body) {

    public static final int CALL = 1;
    public static final int REPLY = 2;
    public static final int ERROR = 3;
    public static final int SIGNAL = 4;

    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;

    private static final int FIXED_HEADER = 16;
    /** The longest message that the specification allows. */
    private static final int MAXIMUM = 128 * 1024 * 1024;

    /** What to call: a method of an interface of an object, with arguments. */
    public record Call(String path, String interfaceName, String member, String signature, List<?> arguments) {

        /** Puts the call on the wire; a private connection has no destinations. */
        public byte[] encode(long serial, @Nullable String destination) {
            List<List<?>> fields = new ArrayList<>();
            fields.add(field(PATH, "o", path));
            fields.add(field(INTERFACE, "s", interfaceName));
            fields.add(field(MEMBER, "s", member));
            if (destination != null) {
                fields.add(field(DESTINATION, "s", destination));
            }
            byte[] body = new byte[0];
            if (!signature.isEmpty()) {
                fields.add(field(SIGNATURE, "g", signature));
                body = new WireWriter().values(signature, arguments).bytes();
            }
            WireWriter message = new WireWriter();
            message.values("yyyyuua(yv)", List.of((long) 'l', (long) CALL, 0L, 1L, (long) body.length, serial, (Object)
                    fields));
            message.align(8);
            byte[] header = message.bytes();
            byte[] all = new byte[header.length + body.length];
            System.arraycopy(header, 0, all, 0, header.length);
            System.arraycopy(body, 0, all, header.length, body.length);
            return all;
        }

        private static List<?> field(int code, String signature, Object value) {
            return List.of((long) code, new Variant(signature, value));
        }
    }

    /** Reads the next message; throws an {@link java.io.EOFException} when the peer is gone. */
    public static BusMessage read(DataInputStream in) throws IOException {
        byte[] fixed = in.readNBytes(FIXED_HEADER);
        if (fixed.length < FIXED_HEADER) {
            throw new java.io.EOFException("The bus closed the connection");
        }
        ByteOrder order = fixed[0] == 'l' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer start = ByteBuffer.wrap(fixed).order(order);
        int bodyLength = start.getInt(4);
        int fieldsEnd = FIXED_HEADER + start.getInt(12);
        int bodyStart = fieldsEnd + (-fieldsEnd & 7);
        if (bodyLength < 0 || bodyStart < FIXED_HEADER || (long) bodyStart + bodyLength > MAXIMUM) {
            throw new IOException(
                    "Not a D-Bus message: header " + java.util.HexFormat.of().formatHex(fixed));
        }
        byte[] message = java.util.Arrays.copyOf(fixed, bodyStart + bodyLength);
        in.readFully(message, FIXED_HEADER, message.length - FIXED_HEADER);
        try {
            return decode(ByteBuffer.wrap(message).order(order), fixed[1], bodyStart);
        } catch (RuntimeException e) {
            // A guest may send whatever it likes, and a reader of bytes has many ways to stumble.
            throw new IOException("Not a D-Bus message: " + e, e);
        }
    }

    private static BusMessage decode(ByteBuffer message, int type, int bodyStart) {
        List<Object> header = new WireReader(message).values("yyyyuua(yv)");
        Map<Integer, Object> fields = new java.util.HashMap<>();
        for (Object field : (List<?>) header.get(6)) {
            List<?> codeAndValue = (List<?>) field;
            fields.put(((Long) codeAndValue.get(0)).intValue(), codeAndValue.get(1));
        }
        String signature = (String) fields.getOrDefault(SIGNATURE, "");
        List<Object> body = new WireReader(message.position(bodyStart)).values(signature);
        return new BusMessage(type, (Long) header.get(5), fields, body);
    }

    /** {@return the serial of the call that it answers; 0 where it answers none} */
    public long replySerial() {
        return (Long) fields.getOrDefault(REPLY_SERIAL, 0L);
    }

    /** {@return the object that it is about; empty where it names none} */
    public String path() {
        return (String) fields.getOrDefault(PATH, "");
    }

    /** {@return the method or signal; empty where it names none} */
    public String member() {
        return (String) fields.getOrDefault(MEMBER, "");
    }

    /** {@return the interface; empty where it names none} */
    public String interfaceName() {
        return (String) fields.getOrDefault(INTERFACE, "");
    }

    /** {@return the error; empty where it is none} */
    public String errorName() {
        return (String) fields.getOrDefault(ERROR_NAME, "");
    }
}
