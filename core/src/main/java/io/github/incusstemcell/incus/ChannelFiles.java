package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.SftpAttributes;
import io.github.incusstemcell.incus.files.SftpStatus;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okio.Buffer;
import okio.ByteString;

/**
 * Asks the process that is kept in an instance for files. Where it has no clear answer, the status says so.
 *
 * @param answers what was answered already, and is not asked again
 */
record ChannelFiles(ChannelProcess process, Map<Question, Answer> answers) implements FileQuestions {

    private static final int NO_SUCH_FILE = 2;
    private static final int NOT_A_DIRECTORY = 20;

    /** Letters for all that a pattern of paths means, and with what is in it. */
    private static final char MATCHING = 'g';

    private static final char CONTENT_OF_MATCHING = 'c';

    /** One question for one path. */
    record Question(char letter, ByteString path) {}

    /** What came of it: what was asked for, or the number of an error. */
    record Answer(boolean isValue, ByteString body) {}

    ChannelFiles(ChannelProcess process) {
        this(process, new ConcurrentHashMap<>());
    }

    @Override
    public void expect(ByteString path, Kind... questions) throws SftpStatus {
        ask(Arrays.stream(questions)
                .map(kind -> new Question(kind.letter(), path))
                .filter(question -> !answers.containsKey(question))
                .toList());
    }

    /** Has all looked at that is asked for when a pattern of paths is looked up, folder by folder. */
    void expectMatching(ByteString pattern, boolean withContent) throws SftpStatus {
        ask(List.of(new Question(withContent ? CONTENT_OF_MATCHING : MATCHING, pattern)));
    }

    /** Has all of that looked at which is asked for when files are looked at and read. */
    void expectFiles(List<ByteString> paths) throws SftpStatus {
        ask(paths.stream()
                .flatMap(path -> Arrays.stream(Kind.values())
                        .filter(kind -> kind != Kind.LIST)
                        .map(kind -> new Question(kind.letter(), path)))
                .toList());
    }

    @Override
    public SftpAttributes stat(ByteString path) throws SftpStatus {
        return attributes(Kind.STAT, path);
    }

    @Override
    public SftpAttributes lstat(ByteString path) throws SftpStatus {
        return attributes(Kind.LSTAT, path);
    }

    @Override
    public ByteString readLink(ByteString path) throws SftpStatus {
        return value(Kind.READ_LINK, path).readByteString();
    }

    @Override
    public List<Sftp.Entry> list(ByteString path) throws SftpStatus {
        Buffer all = value(Kind.LIST, path);
        List<Sftp.Entry> entries = new ArrayList<>();
        try {
            while (!all.exhausted()) {
                entries.add(new Sftp.Entry(Sftp.string(all), SftpAttributes.of(all)));
            }
        } catch (EOFException e) {
            throw SftpStatus.unanswered(e);
        }
        return entries;
    }

    @Override
    public InputStream content(ByteString path, long size) throws SftpStatus {
        return new ByteArrayInputStream(value(Kind.CONTENT, path).readByteArray());
    }

    private SftpAttributes attributes(Kind kind, ByteString path) throws SftpStatus {
        try {
            return SftpAttributes.of(value(kind, path));
        } catch (EOFException e) {
            throw SftpStatus.unanswered(e);
        }
    }

    private Buffer value(Kind kind, ByteString path) throws SftpStatus {
        expect(path, kind);
        Answer answer = answers.get(new Question(kind.letter(), path));
        if (answer == null) {
            throw SftpStatus.unanswered(null);
        }
        if (answer.isValue()) {
            return new Buffer().write(answer.body());
        }
        throw switch (answer.body().size() == Integer.BYTES
                ? answer.body().asByteBuffer().getInt()
                : 0) {
            case NO_SUCH_FILE -> new SftpStatus(Reason.NOT_FOUND);
            case NOT_A_DIRECTORY -> new SftpStatus(Reason.NOT_A_DIRECTORY);
            default -> SftpStatus.unanswered(null);
        };
    }

    private void ask(List<Question> questions) throws SftpStatus {
        if (questions.isEmpty()) {
            return;
        }
        Buffer asked = new Buffer();
        questions.forEach(question -> Sftp.string(asked.writeByte(question.letter()), question.path()));
        try {
            ChannelProcess.Answer answer = process.ask(ChannelProcess.FILES, asked.readByteString());
            if (answer.isValue()) {
                remember(new Buffer().write(answer.body()));
            }
        } catch (ChannelProcess.Unanswered | EOFException e) {
            throw SftpStatus.unanswered(e);
        }
    }

    private void remember(Buffer all) throws EOFException {
        while (!all.exhausted()) {
            Question question = new Question((char) all.readByte(), Sftp.string(all));
            boolean isValue = all.readByte() == ChannelProcess.VALUE;
            answers.put(question, new Answer(isValue, Sftp.string(all)));
        }
    }
}
