package io.github.incusstemcell.junit.assertj;

import java.math.BigInteger;

/** Numbers as the kernel writes them in {@code /proc}, some of which have no sign and are beyond those of Java. */
final class KernelNumber {

    /** None of the kernel is as long; to read one of millions of digits, which a guest may put there, takes minutes. */
    private static final int LONGEST = 40;

    private KernelNumber() {}

    /**
     * {@return the number}
     *
     * @throws NumberFormatException if it is none, or longer than any of the kernel
     */
    static BigInteger of(String text) {
        if (text.length() > LONGEST) {
            throw new NumberFormatException("a number of " + text.length() + " characters");
        }
        return new BigInteger(text);
    }

    /** {@return the nearest to it that a long can be} */
    static long nearest(String text) {
        return of(text).min(BigInteger.valueOf(Long.MAX_VALUE))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .longValueExact();
    }
}
