package io.github.incusstemcell.incus.files;

import io.github.incusstemcell.Fuzzer;
import java.util.List;
import okio.Buffer;
import okio.ByteString;
import org.junit.jupiter.api.Test;

/** What a server for files, or who answers in its place, may say. */
class SftpFuzzTest {

    @Test
    void readsSftp() throws Exception {
        Buffer attributes = new Buffer()
                .writeInt(15)
                .writeLong(5)
                .writeInt(0)
                .writeInt(0)
                .writeInt(0100644)
                .writeInt(1)
                .writeInt(2);
        Buffer names = new Buffer().writeInt(2);
        for (String name : List.of("a", "bc")) {
            Sftp.string(names, ByteString.encodeUtf8(name));
            Sftp.string(names, ByteString.encodeUtf8("-rw-r--r-- " + name));
            attributes.copyTo(names, 0, attributes.size());
        }
        Fuzzer.fuzz("SFTP names", List.of(names.readByteArray()), input -> read(Sftp.Session.NAME, input));
        Fuzzer.fuzz("SFTP attributes", List.of(attributes.readByteArray()), input -> read(Sftp.Session.ATTRS, input));
    }

    private static void read(int type, byte[] body) {
        Sftp.Reply reply = new Sftp.Reply(type, new Buffer().write(body));
        try {
            if (type == Sftp.Session.NAME) {
                Sftp.names(reply);
            } else {
                Sftp.attributes(reply);
            }
        } catch (SftpStatus e) {
            // It says that something is not as it was asked for.
        }
    }
}
