package io.github.incusstemcell.oci.tar;

/**
 * One entry of a tar stream. All texts are the bytes of the stream, one character for each (ISO 8859-1), because names on
 * Linux are bytes and extended attributes are binary.
 *
 * @param start where the first of its headers begins, extended ones included
 * @param header the main header block
 * @param type the type flag, with the historic ways to say {@code 0} (a file) and {@code 5} (a directory) folded
 * @param name as it stands there, from whichever header has the last word
 * @param linkName the target of a link, else whatever stands there
 * @param pax the records of its extended headers
 * @param headerEnd where its main header ends; an old GNU sparse file's map may go on from there
 * @param dataStart where its data begins
 * @param dataSize how many bytes of data the stream holds, without padding
 * @param verbatim whether {@code start} to {@link #end()} may stand in another tar stream as they are
 */
public record TarEntry(
        long start,
        byte[] header,
        char type,
        String name,
        String linkName,
        PaxRecords pax,
        long headerEnd,
        long dataStart,
        long dataSize,
        boolean verbatim) {

    public boolean isDirectory() {
        return type == '5';
    }

    public boolean isHardLink() {
        return type == '1';
    }

    public boolean isSymbolicLink() {
        return type == '2';
    }

    public boolean isFile() {
        return type == '0' || type == 'S';
    }

    /** {@return where the next entry begins} */
    public long end() {
        return dataStart + Tar.padded(dataSize);
    }
}
