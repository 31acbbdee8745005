package io.github.incusstemcell.incus;

import io.github.incusstemcell.incus.GuestFileException.Reason;
import io.github.incusstemcell.incus.files.FileQuestions;
import io.github.incusstemcell.incus.files.GuestName;
import io.github.incusstemcell.incus.files.Sftp;
import io.github.incusstemcell.incus.files.SftpStatus;
import io.github.incusstemcell.internal.ThrowingConsumer;
import io.github.incusstemcell.internal.ThrowingFunction;
import java.io.IOException;
import java.util.Optional;
import okio.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's file server for one instance: a session for each piece of work, and what goes wrong in it in words. */
record FileServer(Api api, String instance, Optional<GuestChannel> channel, Optional<ChannelFiles> seen) {

    private static final Logger LOG = LoggerFactory.getLogger(FileServer.class);

    /**
     * @param channel what is asked first, if there is one
     */
    FileServer(Api api, String instance, Optional<GuestChannel> channel) {
        this(api, instance, channel, Optional.empty());
    }

    /**
     * {@return the same, for which that was looked at together, where the channel does so}
     *
     * @param expected asks for it beforehand
     */
    FileServer seeing(ThrowingConsumer<ChannelFiles, SftpStatus> expected) {
        Optional<ChannelFiles> files = channel.flatMap(GuestChannel::questions);
        try {
            if (files.isPresent()) {
                expected.accept(files.get());
            }
        } catch (SftpStatus e) {
            LOG.debug("Nothing of {} is seen beforehand", instance, e);
        }
        return new FileServer(api, instance, channel, files);
    }

    /**
     * The same for what only looks, for which the channel is asked first.
     *
     * @param look asks, whomever
     */
    <T> T looking(String what, String path, ThrowingFunction<FileQuestions, T, IOException> look) {
        Optional<T> kept = KernelFiles.isOne(path) ? Optional.empty() : kept(what, path, look);
        if (kept.isPresent()) {
            return kept.get();
        }
        return on(what, path, look::apply);
    }

    /** The same by the channel alone; empty where that does not tell. */
    <T> Optional<T> kept(String what, String path, ThrowingFunction<FileQuestions, T, IOException> look) {
        bytes(path);
        Optional<ChannelFiles> files = seen.or(() -> channel.flatMap(GuestChannel::questions));
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(look.apply(files.get()));
        } catch (IOException e) {
            if (e instanceof SftpStatus status && status.isUnanswered()) {
                LOG.debug("{} {} in {} is asked of the daemon", what, path, instance, e);
                return Optional.empty();
            }
            throw failure(what, path, e);
        }
    }

    /**
     * Does a piece of work in a session of its own.
     *
     * @param what what it does, as a failure shall name it
     * @param path what it does that to, absolute
     * @param act does it, for its effect
     */
    void act(String what, String path, ThrowingConsumer<Sftp, IOException> act) {
        on(what, path, sftp -> {
            act.accept(sftp);
            return path;
        });
    }

    private <T> T on(String what, String path, ThrowingFunction<Sftp, T, IOException> work) {
        bytes(path);
        try (Sftp sftp = open()) {
            return work.apply(sftp);
        } catch (IOException e) {
            throw failure(what, path, e);
        }
    }

    /** Opens a session, for the caller to close soon: while it is open, the daemon cannot stop the instance in good order. */
    Sftp open() {
        return new Sftp(SftpSession.open(api, instance), SftpSession.LONGEST_REPLY);
    }

    GuestFileException failure(String what, String path, IOException cause) {
        if (cause instanceof SftpStatus status) {
            return new GuestFileException(what, path, instance, status.reason(), status.getMessage(), null);
        }
        return cause.getCause() instanceof SftpStatus status
                ? failure(what, path, status)
                : new GuestFileException(what, path, instance, Reason.OTHER, Failures.reason(cause), cause);
    }

    /** {@return the path as SFTP takes it} */
    static ByteString bytes(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("Not an absolute path: '" + path + "'");
        }
        if (path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "Not a path, as it has a NUL in it: '" + path.replace("\0", "\\0") + "'");
        }
        return GuestName.bytes(path);
    }
}
