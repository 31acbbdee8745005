package io.github.incusstemcell.systemd.dbus;

/** The complete types of a D-Bus signature, one after the other (D-Bus specification, "Valid Signatures"). */
final class Signature {

    /** As many arrays, and as many structs, may be in each other. */
    private static final int DEEPEST = 32;

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
        StringBuilder closing = new StringBuilder();
        int arrays = 0;
        for (int i = start; i < text.length(); i++) {
            char type = text.charAt(i);
            arrays = type == 'a' ? arrays + 1 : 0;
            if (type == '(' || type == '{') {
                closing.append(type == '(' ? ')' : '}');
            } else if (type == ')' || type == '}') {
                int last = closing.length() - 1;
                // A value of an empty struct would have no bytes, and an array of such no end.
                if (last < 0 || closing.charAt(last) != type || "a({".indexOf(text.charAt(i - 1)) >= 0) {
                    break;
                }
                closing.setLength(last);
            }
            if (arrays > DEEPEST || closing.length() > DEEPEST) {
                break;
            }
            if (closing.isEmpty() && type != 'a') {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("Not a D-Bus signature: " + text);
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
