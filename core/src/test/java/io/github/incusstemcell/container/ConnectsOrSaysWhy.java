package io.github.incusstemcell.container;

import io.github.incusstemcell.incus.Endpoint;
import io.github.incusstemcell.incus.IncusUnavailableException;
import java.nio.file.Path;

/** A program for {@link StemcellsBadInputTest}: connects to the socket in its argument and prints why it cannot. */
final class ConnectsOrSaysWhy {

    private ConnectsOrSaysWhy() {}

    public static void main(String[] arguments) {
        Endpoint endpoint = Endpoint.unixSocket(Path.of(arguments[0]));
        try {
            Stemcells.builder().endpoint(endpoint).connect().close();
            System.out.println("connected");
        } catch (IncusUnavailableException e) {
            System.out.println(e.getMessage());
        }
    }
}
