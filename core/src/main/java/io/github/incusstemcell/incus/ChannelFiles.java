package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.SftpStatus;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import okio.ByteString;

/** Asks the process that is kept in an instance for files. Where it has no clear answer, the status says so. */
record ChannelFiles(ChannelProcess process) implements FileQuestions {

    private static final int NO_SUCH_FILE = 2;
    private static final int NOT_A_DIRECTORY = 20;

    @Override
    public Sftp.Attributes stat(ByteString path) throws SftpStatus {
        return attributes(ChannelProcess.STAT, path);
    }

    @Override
    public Sftp.Attributes lstat(ByteString path) throws SftpStatus {
        return attributes(ChannelProcess.LSTAT, path);
    }

    @Override
    public ByteString readLink(ByteString path) throws SftpStatus {
        return ask(ChannelProcess.READ_LINK, path).readByteString();
    }

    @Override
    public List<Sftp.Entry> list(ByteString path) throws SftpStatus {
        Buffer all = ask(ChannelProcess.LIST, path);
        List<Sftp.Entry> entries = new ArrayList<>();
        try {
            while (!all.exhausted()) {
                entries.add(new Sftp.Entry(Sftp.string(all), Sftp.Attributes.of(all)));
            }
        } catch (EOFException e) {
            throw SftpStatus.unanswered(e);
        }
        return entries;
    }

    @Override
    public InputStream content(ByteString path, long size) throws SftpStatus {
        return new ByteArrayInputStream(ask(ChannelProcess.CONTENT, path).readByteArray());
    }

    private Sftp.Attributes attributes(byte letter, ByteString path) throws SftpStatus {
        try {
            return Sftp.Attributes.of(ask(letter, path));
        } catch (EOFException e) {
            throw SftpStatus.unanswered(e);
        }
    }

    private Buffer ask(byte letter, ByteString path) throws SftpStatus {
        ChannelProcess.Answer answer;
        try {
            answer = process.ask(letter, path);
        } catch (ChannelProcess.Unanswered e) {
            throw SftpStatus.unanswered(e);
        }
        if (answer.isValue()) {
            return new Buffer().write(answer.body());
        }
        throw switch (answer.number()) {
            case NO_SUCH_FILE -> new SftpStatus(Reason.NOT_FOUND);
            case NOT_A_DIRECTORY -> new SftpStatus(Reason.NOT_A_DIRECTORY);
            default -> SftpStatus.unanswered(null);
        };
    }
}
