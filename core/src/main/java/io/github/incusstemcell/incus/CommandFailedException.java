package io.github.incusstemcell.incus;

import io.github.incusstemcell.IncusStemcellException;

/**
 * A command ended with another exit code than 0, or its time was over, or it printed more than was wanted. The message ends with what it printed last.
 */
public class CommandFailedException extends IncusStemcellException {

    private static final int SHOWN = 4000;

    private final transient ExecResult result;

    CommandFailedException(ExecResult result) {
        super(result + shown("stdout", result.stdout()) + shown("stderr", result.stderr()));
        this.result = result;
    }

    /** {@return how it ended and what it printed} */
    public ExecResult result() {
        return result;
    }

    private static String shown(String stream, String text) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            return "";
        }
        String end = stripped.length() <= SHOWN ? stripped : "[...]" + stripped.substring(stripped.length() - SHOWN);
        return "\n" + stream + ":\n" + end.indent(2).stripTrailing();
    }
}
