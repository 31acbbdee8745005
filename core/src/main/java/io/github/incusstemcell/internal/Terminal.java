package io.github.incusstemcell.internal;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;

/** Whether a person sits in front of this process. */
public final class Terminal {

    private Terminal() {}

    /** {@return whether the console of this JVM is a terminal, which since Java 22 it need not be} */
    public static boolean isConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            // Before Java 22, there is none but on a terminal.
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("Console.isTerminal() of Java 22 takes nothing and fails never", e);
        }
    }
}
