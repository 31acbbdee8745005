package io.github.incusstemcell.oci.tar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What extended headers say of an entry, in their order: the last record of a key counts, but a sparse file of GNU's version 0.0 has its
 * map in records that repeat their keys (GNU tar manual, "PAX Format, Versions 0.0 and 0.1"). All texts are bytes, one character for
 * each.
 */
record PaxRecords(List<Entry> entries) {

    static final PaxRecords NONE = new PaxRecords(List.of());

    /** One record. */
    record Entry(String key, String value) {

        /** The length counts itself, so it is found by trying. */
        @Override
        public String toString() {
            int rest = key.length() + value.length() + 3;
            int length = rest + 1;
            while (length != rest + String.valueOf(length).length()) {
                length = rest + String.valueOf(length).length();
            }
            return length + " " + key + "=" + value + "\n";
        }
    }

    PaxRecords {
        entries = List.copyOf(entries);
    }

    /** {@return what counts for a key, or null where there is nothing} */
    @Nullable
    String get(String key) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).key.equals(key)) {
                return entries.get(i).value;
            }
        }
        return null;
    }

    PaxRecords and(List<Entry> later) {
        List<Entry> all = new ArrayList<>(entries);
        all.addAll(later);
        return new PaxRecords(all);
    }

    PaxRecords without(Set<String> keys) {
        return new PaxRecords(
                entries.stream().filter(entry -> !keys.contains(entry.key)).toList());
    }

    /** Gives a key that is there another value. */
    PaxRecords replaced(String key, String value) {
        return new PaxRecords(entries.stream()
                .map(entry -> entry.key.equals(key) ? new Entry(key, value) : entry)
                .toList());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** {@return the data of an extended header} */
    String text() {
        StringBuilder text = new StringBuilder();
        entries.forEach(text::append);
        return text.toString();
    }
}
