package io.github.incusstemcell.incus;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Finds out that whom a connection leads to is gone, where the connection itself does not show it, and breaks off what waits for it. */
interface Watch extends Closeable {

    /** {@return why what is named failed, where it is gone} */
    Optional<IncusConnectionException> loss(String what, IOException cause);

    /** {@return the same where the daemon's answer means that it is gone} */
    Optional<IncusConnectionException> loss(String what, IncusException answer);

    /** {@return whether there is no use in asking it anything before it is there again} */
    boolean refusesCalls();

    @Override
    void close();
}
