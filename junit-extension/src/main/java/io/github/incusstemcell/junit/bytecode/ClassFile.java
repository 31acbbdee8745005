package io.github.incusstemcell.junit.bytecode;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a class file says of a class's methods (JVMS 4). Numbers of constants, which change with any other part of a class, are resolved. */
final class ClassFile {

    /** Of a method with code. */
    record Code(byte[] bytes, int[] handlers) {}

    /** A field or a method that code refers to. */
    record Member(String owner, String name, String descriptor) {}

    private record Constant(int tag, int first, int second, Object value) {}

    private static final int MAGIC = 0xCAFEBABE;
    private static final int HANDLER_FIELDS = 4;

    private final Constant[] constants;
    private final String superName;
    private final Map<String, Code> methods = new LinkedHashMap<>();
    private final List<int[]> bootstraps = new ArrayList<>();

    private ClassFile(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("it is no class file");
        }
        in.readInt();
        this.constants = readConstants(in);
        in.readUnsignedShort();
        in.readUnsignedShort();
        int parent = in.readUnsignedShort();
        this.superName = parent == 0 ? "" : text(parent);
        in.skipNBytes(2L * in.readUnsignedShort());
        readFields(in);
        readMethods(in);
        readBootstraps(in);
    }

    static ClassFile read(InputStream stream) throws IOException {
        return new ClassFile(new DataInputStream(stream));
    }

    private static Constant[] readConstants(DataInputStream in) throws IOException {
        Constant[] read = new Constant[in.readUnsignedShort()];
        for (int i = 1; i < read.length; i++) {
            int tag = in.readUnsignedByte();
            read[i] = switch (tag) {
                case 1 -> new Constant(tag, 0, 0, in.readUTF());
                case 3, 4 -> new Constant(tag, 0, 0, in.readInt());
                case 5, 6 -> new Constant(tag, 0, 0, in.readLong());
                case 7, 8, 16, 19, 20 -> new Constant(tag, in.readUnsignedShort(), 0, "");
                case 9, 10, 11, 12, 17, 18 -> new Constant(tag, in.readUnsignedShort(), in.readUnsignedShort(), "");
                case 15 -> new Constant(tag, in.readUnsignedByte(), in.readUnsignedShort(), "");
                default -> throw new IOException("it has a constant of the unknown kind " + tag);
            };
            if (tag == 5 || tag == 6) {
                // They count as two (JVMS 4.4.5).
                i++;
            }
        }
        return read;
    }

    private static void readFields(DataInputStream in) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.skipNBytes(6);
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                in.readUnsignedShort();
                in.skipNBytes(in.readInt());
            }
        }
    }

    private void readMethods(DataInputStream in) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            in.readUnsignedShort();
            String method = text(in.readUnsignedShort()) + text(in.readUnsignedShort());
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                String attribute = text(in.readUnsignedShort());
                byte[] content = in.readNBytes(in.readInt());
                if (attribute.equals("Code")) {
                    methods.put(method, readCode(new DataInputStream(new java.io.ByteArrayInputStream(content))));
                }
            }
        }
    }

    /** Without its attributes: numbers of lines and names of variables do nothing. */
    private static Code readCode(DataInputStream in) throws IOException {
        in.readInt();
        byte[] bytes = in.readNBytes(in.readInt());
        int[] handlers = new int[in.readUnsignedShort() * HANDLER_FIELDS];
        for (int i = 0; i < handlers.length; i++) {
            handlers[i] = in.readUnsignedShort();
        }
        return new Code(bytes, handlers);
    }

    private void readBootstraps(DataInputStream in) throws IOException {
        for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
            String attribute = text(in.readUnsignedShort());
            int length = in.readInt();
            if (!attribute.equals("BootstrapMethods")) {
                in.skipNBytes(length);
                continue;
            }
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                int method = in.readUnsignedShort();
                int[] all = new int[1 + in.readUnsignedShort()];
                all[0] = method;
                for (int i = 1; i < all.length; i++) {
                    all[i] = in.readUnsignedShort();
                }
                bootstraps.add(all);
            }
        }
    }

    /** {@return the name of the superclass, with slashes; empty for that of all classes} */
    String superName() {
        return superName;
    }

    /** {@return the code of each method that has some, by its name and descriptor} */
    Map<String, Code> methods() {
        return methods;
    }

    /** {@return the field or method that a constant is, also by a handle; null where it is something else} */
    @Nullable
    Member member(int index) {
        Constant constant = constants[index];
        return switch (constant.tag()) {
            case 9, 10, 11 -> {
                Constant nameAndType = constants[constant.second()];
                yield new Member(text(constant.first()), text(nameAndType.first()), text(nameAndType.second()));
            }
            case 15 -> member(constant.second());
            default -> null;
        };
    }

    boolean isField(int index) {
        return constants[index].tag() == 9;
    }

    /** {@return the constants of which a constant that is computed is made: the method that does it, and what that takes} */
    int[] bootstrap(int index) {
        Constant constant = constants[index];
        return constant.tag() == 17 || constant.tag() == 18 ? bootstraps.get(constant.first()) : new int[0];
    }

    /** {@return a constant as text, in which it is the same in each class} */
    String text(int index) {
        Constant constant = constants[index];
        return switch (constant.tag()) {
            case 1 -> (String) constant.value();
            case 3, 4, 5, 6 -> constant.tag() + ":" + constant.value();
            case 7, 8, 16, 19, 20 -> text(constant.first());
            case 12 -> text(constant.first()) + text(constant.second());
            case 15 -> constant.first() + ":" + text(constant.second());
            case 17, 18 -> text(constant.second());
            default -> text(constant.first()) + "." + text(constant.second());
        };
    }
}
