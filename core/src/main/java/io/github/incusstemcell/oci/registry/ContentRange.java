package io.github.incusstemcell.oci.registry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;

/**
 * Which part of a body an answer has, from {@code Content-Range} (RFC 9110, 14.4).
 *
 * @param first the position of its first byte
 * @param last the position of its last byte
 * @param total the size of the whole body in bytes; -1 where the server does not say
 */
record ContentRange(long first, long last, long total) {

    private static final Pattern BYTES = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    /** {@return the part that an answer with the status 206 says it has; nothing where it says none, or several} */
    static Optional<ContentRange> of(Response response) {
        Matcher range = BYTES.matcher(response.header("Content-Range", ""));
        if (response.code() != 206 || !range.matches()) {
            return Optional.empty();
        }
        long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
        return Optional.of(new ContentRange(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), total));
    }
}
