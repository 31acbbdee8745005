package io.github.incusstemcell.systemd;

/** The complete types of a D-Bus signature, one after the other. */
final class Signature {

    private final String text;
    private int position;

    Signature(String text) {
        this.text = text;
    }

    boolean hasNext() {
        return position < text.length();
    }

    String next() {
        if (!hasNext()) {
            throw new IllegalArgumentException("More values than the signature " + text + " has types");
        }
        int start = position;
        position = end(start);
        return text.substring(start, position);
    }

    private int end(int start) {
        char type = text.charAt(start);
        if (type == 'a') {
            return end(start + 1);
        }
        if (type != '(' && type != '{') {
            return start + 1;
        }
        char closing = type == '(' ? ')' : '}';
        int next = start + 1;
        while (text.charAt(next) != closing) {
            next = end(next);
        }
        return next + 1;
    }

    /** {@return at a multiple of how many bytes a value of this type starts} */
    static int alignment(char type) {
        return switch (type) {
            case 'y', 'g', 'v' -> 1;
            case 'n', 'q' -> 2;
            case 'x', 't', 'd', '(', '{' -> 8;
            default -> 4;
        };
    }
}
