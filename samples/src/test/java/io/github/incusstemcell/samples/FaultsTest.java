package io.github.incusstemcell.samples;

import static io.github.incusstemcell.junit.assertj.StemcellAssertions.assertThat;
import static java.time.Duration.ofSeconds;

import io.github.incusstemcell.container.StemcellContainer;
import io.github.incusstemcell.junit.IncusStemcell;
import io.github.incusstemcell.junit.Node;
import io.github.incusstemcell.junit.Scope;
import org.junit.jupiter.api.Test;

/** What happens when something breaks. The tests share two machines, and what each does to them ends with it. */
@IncusStemcell(scope = Scope.PER_CLASS)
class FaultsTest {

    /** In what every stemcell has. */
    private static final String SERVER = """
            use IO::Socket::INET;
            my $socket = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die $!;
            while (my $client = $socket->accept) {
                while (<$client>) { last if /^\\r?\\n$/ }
                print $client "HTTP/1.0 204 No Content\\r\\n\\r\\n";
                close $client;
            }
            """;

    @Test
    void nobodyIsReachedOverACutNetwork(@Node("web") StemcellContainer web, @Node("db") StemcellContainer db) {
        assertThat(web).host("db").acceptsTcp(22);

        web.network().cut(db);

        assertThat(web).host("db").doesNotAcceptTcp(22);
        assertThat(web).systemd().isRunning();

        web.network().heal();

        assertThat(web).within(ofSeconds(10)).host("db").acceptsTcp(22);
    }

    @Test
    void aServiceFailsWhereItsDiskIsFull(@Node("db") StemcellContainer db) {
        db.disks().attach("data", "128MiB", "/var/vcap/store");

        db.exec("systemd-run", "--unit=filler", "dd", "if=/dev/zero", "of=/var/vcap/store/large", "bs=1M")
                .requireSuccess();

        assertThat(db).within(ofSeconds(30)).unit("filler").isFailed();
        assertThat(db).journal().ofUnit("filler").contains("No space left on device");
        db.exec("systemctl", "reset-failed", "filler").requireSuccess();
    }

    @Test
    void aHungServiceIsActiveAllTheSame(@Node("db") StemcellContainer db) {
        db.files().writeString("/root/server.pl", SERVER);
        db.exec("systemd-run", "--unit=web", "perl", "/root/server.pl").requireSuccess();
        assertThat(db).within(ofSeconds(30)).http("http://127.0.0.1:8080/").answers();

        db.exec("systemctl", "kill", "--signal=STOP", "web").requireSuccess();

        assertThat(db).unit("web").isActive();
        assertThat(db).always(ofSeconds(2)).http("http://127.0.0.1:8080/").doesNotAnswer();

        db.exec("systemctl", "kill", "--signal=KILL", "web").requireSuccess();
        assertThat(db).within(ofSeconds(10)).unit("web").isFailed();
        db.exec("systemctl", "reset-failed", "web").requireSuccess();
    }

    @Test
    void memoryIsHeldAsLongAsATestWants(@Node("db") StemcellContainer db) {
        db.exec("systemd-run", "--unit=pressure", "sh", "-c", "(head --bytes=64M /dev/zero; sleep infinity) | tail")
                .requireSuccess();

        assertThat(db)
                .within(ofSeconds(30))
                .processes()
                .ofUnit("pressure")
                .named("tail")
                .allMatch(tail -> tail.details().memoryBytes() >= 64 << 20, "holds 64 MiB");

        db.exec("systemctl", "stop", "pressure").requireSuccess();
    }

    @Test
    void theOtherMachineStaysUpAtAPowerCut(@Node("web") StemcellContainer web, @Node("db") StemcellContainer db) {
        db.powerCut();

        assertThat(web.exec("ping", "-c", "1", "-W", "1", "db").isSuccess()).isFalse();

        db.boot();

        assertThat(web.exec("ping", "-c", "1", "-W", "1", "db").isSuccess()).isTrue();
    }
}
