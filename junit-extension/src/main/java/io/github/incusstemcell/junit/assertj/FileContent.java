package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.IncusStemcellException;
import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFiles;
import io.github.incusstemcell.internal.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The content of a file in a guest, where it is one. */
final class FileContent {

    private static final int SHOWN = 1_000;

    private FileContent() {}

    static Optional<String> textOf(GuestFiles files, FileStat stat) {
        return stat.isFile() ? Optional.of(files.readString(stat.path())) : Optional.empty();
    }

    /** What is between the ends of lines, which to the programs of a guest are nothing but {@code \n}, as to grep(1). */
    static List<String> lines(String text) {
        List<String> lines = List.of(text.split("\n", -1));
        boolean isEnded = lines.get(lines.size() - 1).isEmpty();
        return isEnded ? lines.subList(0, lines.size() - 1) : lines;
    }

    /** How messages show it: its beginning. */
    static String words(String text) {
        boolean whole = text.length() <= SHOWN;
        return "\n  content: " + (whole ? text : text.substring(0, SHOWN) + "...").strip();
    }

    /** The SHA-256 of a file of any length, which is never in memory as a whole. */
    static Optional<String> hashOf(StemcellContainer stemcell, FileStat stat) {
        if (!stat.isFile()) {
            return Optional.empty();
        }
        try (InputStream content = stemcell.files().read(stat.path());
                DigestInputStream hashed = new DigestInputStream(content, Hashes.sha256())) {
            hashed.transferTo(OutputStream.nullOutputStream());
            return Optional.of(Hashes.hex(hashed.getMessageDigest()));
        } catch (IOException e) {
            throw new IncusStemcellException(
                    "Reading " + stat.path() + " on " + stemcell.name() + " for its SHA-256 broke off: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Refuses what is no SHA-256. */
    static String sha256(String hash) {
        if (!Objects.requireNonNull(hash, "hash").matches("[0-9a-fA-F]{64}")) {
            throw new IllegalArgumentException("Not a SHA-256, 64 hex digits: '" + hash + "'");
        }
        return hash.toLowerCase(Locale.ROOT);
    }
}
