package io.github.incusstemcell.junit.bytecode;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The instructions of a method (JVMS 6.5). Where they jump is told by the number of an instruction: the length of one that loads a constant
 * changes with the number of that constant.
 */
final class Instructions {

    private static final int LDC = 18;
    private static final int LDC_W = 19;
    private static final int TABLESWITCH = 170;
    private static final int LOOKUPSWITCH = 171;
    private static final int WIDE = 196;
    private static final int IINC = 132;
    static final int NEW = 187;

    /**
     * One of them.
     *
     * @param opcode what it does
     * @param constant the index of the constant that it takes, or 0
     * @param operands what else it takes
     */
    record Instruction(int opcode, int constant, List<Integer> operands) {}

    private final ByteBuffer code;
    private final Map<Integer, Integer> numbers = new HashMap<>();

    private Instructions(byte[] code) {
        this.code = ByteBuffer.wrap(code);
    }

    static List<Instruction> of(ClassFile.Code method) {
        Instructions instructions = new Instructions(method.bytes());
        instructions.number();
        List<Instruction> all = instructions.read();
        List<Integer> handlers = new ArrayList<>();
        for (int i = 0; i < method.handlers().length; i += 4) {
            for (int j = 0; j < 3; j++) {
                handlers.add(instructions.numbers.getOrDefault(method.handlers()[i + j], -1));
            }
            all.add(new Instruction(-1, method.handlers()[i + 3], List.copyOf(handlers)));
            handlers.clear();
        }
        return all;
    }

    private void number() {
        for (int at = 0; at < code.limit(); at += length(at)) {
            numbers.put(at, numbers.size());
        }
    }

    private List<Instruction> read() {
        List<Instruction> read = new ArrayList<>();
        for (int at = 0; at < code.limit(); at += length(at)) {
            read.add(instruction(at));
        }
        return read;
    }

    private Instruction instruction(int at) {
        int opcode = opcode(at);
        if (opcode == LDC || opcode == LDC_W) {
            return new Instruction(LDC, opcode == LDC ? code.get(at + 1) & 0xFF : unsigned(at + 1), List.of());
        }
        if (takesConstant(opcode)) {
            return new Instruction(opcode, unsigned(at + 1), rest(at + 3, at + length(at)));
        }
        if (opcode >= 153 && opcode <= 168 || opcode == 198 || opcode == 199) {
            return new Instruction(opcode, 0, List.of(target(at, code.getShort(at + 1))));
        }
        if (opcode == 200 || opcode == 201) {
            return new Instruction(opcode, 0, List.of(target(at, code.getInt(at + 1))));
        }
        return opcode == TABLESWITCH || opcode == LOOKUPSWITCH
                ? choice(at, opcode)
                : new Instruction(opcode, 0, rest(at + 1, at + length(at)));
    }

    private static boolean takesConstant(int opcode) {
        return opcode == 20
                || opcode >= 178 && opcode <= NEW
                || opcode == 189
                || opcode == 192
                || opcode == 193
                || opcode == 197;
    }

    private Instruction choice(int at, int opcode) {
        List<Integer> operands = new ArrayList<>();
        int words = aligned(at);
        operands.add(target(at, code.getInt(words)));
        int end = at + length(at);
        if (opcode == TABLESWITCH) {
            operands.add(code.getInt(words + 4));
            for (int word = words + 12; word < end; word += 4) {
                operands.add(target(at, code.getInt(word)));
            }
        } else {
            for (int word = words + 8; word < end; word += 8) {
                operands.add(code.getInt(word));
                operands.add(target(at, code.getInt(word + 4)));
            }
        }
        return new Instruction(opcode, 0, operands);
    }

    private List<Integer> rest(int from, int to) {
        List<Integer> bytes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            bytes.add((int) code.get(i));
        }
        return bytes;
    }

    private int target(int at, int offset) {
        return numbers.getOrDefault(at + offset, -1);
    }

    private int opcode(int at) {
        return code.get(at) & 0xFF;
    }

    private int unsigned(int at) {
        return code.getShort(at) & 0xFFFF;
    }

    private static int aligned(int at) {
        return (at + 4) & ~3;
    }

    private int length(int at) {
        int opcode = opcode(at);
        return switch (opcode) {
            case TABLESWITCH -> {
                int words = aligned(at);
                yield words + 12 + 4 * (code.getInt(words + 8) - code.getInt(words + 4) + 1) - at;
            }
            case LOOKUPSWITCH -> aligned(at) + 8 + 8 * code.getInt(aligned(at) + 4) - at;
            case WIDE -> opcode(at + 1) == IINC ? 6 : 4;
            case 16, LDC, 169, 188 -> 2;
            case 185, 186, 200, 201 -> 5;
            case 197 -> 4;
            case 17, LDC_W, 20, IINC, 189, 192, 193, 198, 199 -> 3;
            default -> {
                boolean takesVariable = opcode >= 21 && opcode <= 25 || opcode >= 54 && opcode <= 58;
                boolean takesShort = opcode >= 153 && opcode <= 168 || opcode >= 178 && opcode <= NEW;
                yield takesVariable ? 2 : takesShort ? 3 : 1;
            }
        };
    }
}
