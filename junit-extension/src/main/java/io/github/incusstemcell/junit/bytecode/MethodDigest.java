package io.github.incusstemcell.junit.bytecode;

import io.github.incusstemcell.internal.Hashes;
import io.github.incusstemcell.junit.bytecode.ClassFile.Member;
import io.github.incusstemcell.junit.bytecode.Instructions.Instruction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A digest of what a method does: of its instructions, and those of what it reaches in its class, the classes in that, the one around, and
 * their superclasses. What else stands there does not count, nor do comments and numbers of lines.
 */
public final class MethodDigest {

    private final ClassLoader loader;
    private final String own;
    private final Set<String> families = new HashSet<>();
    private final Map<String, ClassFile> files = new HashMap<>();
    private final Map<Member, Integer> reached = new LinkedHashMap<>();
    private final Deque<Member> waiting = new ArrayDeque<>();
    private final MessageDigest digest = Hashes.sha256();

    private MethodDigest(Class<?> type) throws IOException {
        this.loader = type.getClassLoader();
        this.own = internal(type);
        for (String name = own; isReadable(name); name = file(name).superName()) {
            families.add(family(name));
        }
    }

    /**
     * The digest of a method.
     *
     * @param method the method
     * @return 64 hex digits
     * @throws UncheckedIOException if there is no class file of its class, as for one that was made at run time
     */
    public static String of(Method method) {
        Class<?> type = method.getDeclaringClass();
        try {
            MethodDigest made = new MethodDigest(type);
            made.reach(new Member(made.own, method.getName(), descriptor(method)));
            while (!made.waiting.isEmpty()) {
                made.add(made.waiting.remove());
            }
            return Hashes.hex(made.digest);
        } catch (IOException e) {
            throw new UncheckedIOException("The class file of " + type.getName() + " cannot be read", e);
        }
    }

    private static String descriptor(Method method) {
        return java.lang.invoke.MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .toMethodDescriptorString();
    }

    private static String internal(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    /** A class and those in it are one source file's. */
    private static String family(String name) {
        int dollar = name.indexOf('$', name.lastIndexOf('/') + 2);
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    private static boolean isReadable(String name) {
        return !name.isEmpty() && !name.startsWith("java/");
    }

    private ClassFile file(String name) throws IOException {
        ClassFile known = files.get(name);
        if (known == null) {
            try (InputStream stream = loader.getResourceAsStream(name + ".class")) {
                if (stream == null) {
                    throw new IOException("there is no " + name + ".class");
                }
                known = ClassFile.read(stream);
            }
            files.put(name, known);
        }
        return known;
    }

    /** {@return in which order it was reached: names of lambdas have numbers that change with what else there is} */
    private int reach(Member member) {
        Integer number = reached.get(member);
        if (number == null) {
            number = reached.size();
            reached.put(member, number);
            waiting.add(member);
        }
        return number;
    }

    private boolean isOurs(String owner) {
        return families.contains(family(owner));
    }

    private void add(Member member) throws IOException {
        String key = member.name() + member.descriptor();
        for (String name = member.owner();
                isReadable(name) && isOurs(name);
                name = file(name).superName()) {
            ClassFile file = file(name);
            ClassFile.Code code = file.methods().get(key);
            if (code != null) {
                for (Instruction instruction : Instructions.of(code)) {
                    add(file, instruction);
                }
                return;
            }
        }
        update("no code");
    }

    private void add(ClassFile file, Instruction instruction) throws IOException {
        update(instruction.opcode() + " " + instruction.operands());
        if (instruction.constant() > 0) {
            constant(file, instruction.constant());
            if (instruction.opcode() == Instructions.NEW) {
                made(file.text(instruction.constant()));
            }
        }
    }

    /** Who calls the methods of an object that is handed on, nobody can tell. */
    private void made(String type) throws IOException {
        if (isOurs(type) && !type.equals(own)) {
            for (String method : file(type).methods().keySet()) {
                int descriptor = method.indexOf('(');
                reach(new Member(type, method.substring(0, descriptor), method.substring(descriptor)));
            }
        }
    }

    private void constant(ClassFile file, int index) throws IOException {
        Member member = file.member(index);
        if (member == null || !isOurs(member.owner())) {
            update(file.text(index));
        } else if (file.isField(index)) {
            update(file.text(index));
            reach(new Member(member.owner(), "<clinit>", "()V"));
        } else {
            update("own " + reach(member) + member.descriptor());
        }
        for (int part : file.bootstrap(index)) {
            constant(file, part);
        }
    }

    /** Classes without a name have a number that changes with what else there is. */
    private void update(String part) {
        byte[] bytes = part.replaceAll("\\$\\d+", "\\$0").getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }
}
