package io.github.incusstemcell.incus;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.Sftp.Session;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.ByteString;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a guest whose file system shows the same name twice, as one of its own making can: a real one is not at hand. */
@Timeout(60)
class TreeOfAHostileGuestTest {

    private static final int DIRECTORY = 0040755;
    private static final int FILE = 0100644;
    private static final int LINK = 0120777;
    private static final int END = 1;

    private record Named(String name, int mode) {}

    @Test
    void isNotWrittenThroughALinkThatHadTheNameOfItsFolder(@TempDir Path here) throws Exception {
        Path outside = Files.createDirectory(here.resolve("outside"));
        Path socket = here.resolve("unix.socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Connection connection = new Connection(Endpoint.unixSocket(socket))) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread daemon = new Thread(() -> serve(server, outside));
            daemon.start();

            new GuestFiles(new Api(connection, "default"), "c").copyFrom("/tree", here.resolve("copy"));
        }

        assertThat(outside).isEmptyDirectory();
        assertThat(here.resolve("copy/x/file")).hasContent("hostile");
    }

    private static void serve(ServerSocketChannel server, Path outside) {
        try (SocketChannel client = server.accept();
                BufferedSource source = Okio.buffer(Okio.source(Channels.newInputStream(client)));
                BufferedSink sink = Okio.buffer(Okio.sink(Channels.newOutputStream(client)))) {
            while (!source.readUtf8LineStrict().isEmpty()) {
                // The request for the session.
            }
            sink.writeUtf8("HTTP/1.1 101 Switching Protocols\r\nUpgrade: sftp\r\nConnection: Upgrade\r\n\r\n")
                    .flush();
            ByteString version = packet(source).readByteString().substring(1);
            sink.write(framed(new Buffer().writeByte(Session.VERSION).write(version)))
                    .flush();
            boolean[] listed = new boolean[2];
            while (true) {
                answer(packet(source), sink, outside, listed);
            }
        } catch (EOFException | ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Buffer packet(BufferedSource source) throws IOException {
        Buffer packet = new Buffer();
        source.readFully(packet, source.readInt());
        return packet;
    }

    private static void answer(Buffer request, BufferedSink sink, Path outside, boolean[] listed) throws IOException {
        int type = request.readByte();
        int number = request.readInt();
        ByteString subject = Sftp.string(request);
        boolean inner = subject.utf8().endsWith("x");
        Buffer answer =
                switch (type) {
                    case Session.STAT -> attributes(head(Session.ATTRS, number), DIRECTORY);
                    case Session.OPEN, Session.OPENDIR -> Sftp.string(head(Session.HANDLE, number), subject);
                    case Session.READ -> Sftp.string(head(Session.DATA, number), ByteString.encodeUtf8("hostile"));
                    case Session.READLINK -> names(number, List.of(new Named(outside.toString(), LINK)));
                    case Session.READDIR -> {
                        boolean again = listed[inner ? 1 : 0];
                        listed[inner ? 1 : 0] = true;
                        yield again ? status(number, END) : names(number, inner ? inX() : inTree());
                    }
                    default -> status(number, 0);
                };
        sink.write(framed(answer)).flush();
    }

    private static List<Named> inTree() {
        return List.of(new Named("x", LINK), new Named("x", DIRECTORY));
    }

    private static List<Named> inX() {
        return List.of(new Named("file", FILE));
    }

    private static Buffer head(int type, int number) {
        return new Buffer().writeByte(type).writeInt(number);
    }

    private static Buffer status(int number, int code) {
        Buffer status = head(Session.STATUS, number).writeInt(code);
        return Sftp.string(Sftp.string(status, ByteString.EMPTY), ByteString.EMPTY);
    }

    private static Buffer names(int number, List<Named> names) {
        Buffer answer = head(Session.NAME, number).writeInt(names.size());
        for (Named named : names) {
            ByteString name = ByteString.encodeUtf8(named.name());
            attributes(Sftp.string(Sftp.string(answer, name), name), named.mode());
        }
        return answer;
    }

    /** The length, the mode, the times. */
    private static Buffer attributes(Buffer answer, int mode) {
        return answer.writeInt(0x1 | 0x4 | 0x8)
                .writeLong("hostile".length())
                .writeInt(mode)
                .writeInt(1_000_000_000)
                .writeInt(1_000_000_000);
    }

    private static ByteString framed(Buffer packet) {
        return new Buffer()
                .writeInt((int) packet.size())
                .write(packet.readByteString())
                .readByteString();
    }
}
