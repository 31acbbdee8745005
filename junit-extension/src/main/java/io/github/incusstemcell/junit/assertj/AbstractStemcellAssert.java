package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.container.StemcellContainer;
import org.assertj.core.api.AbstractAssert;

/** Assertions on what a running stemcell has of a network, and on how it is configured; see {@link StemcellAssert}. */
public abstract sealed class AbstractStemcellAssert extends AbstractAssert<StemcellAssert, StemcellContainer>
        permits StemcellAssert {

    AbstractStemcellAssert(StemcellContainer actual) {
        super(actual, StemcellAssert.class);
    }

    /** What is looked at, and when. */
    abstract Subject subject();

    /**
     * Turns to a setting of the kernel.
     *
     * @param name its name as sysctl(8) has it, as {@code net.ipv4.ip_forward}
     * @return assertions on it
     */
    @CheckReturnValue
    public SysctlAssert sysctl(String name) {
        return new SysctlAssert(subject(), name);
    }

    /**
     * Turns to a network interface.
     *
     * @param name its name, as {@code eth0}
     * @return assertions on it and its addresses
     */
    @CheckReturnValue
    public InterfaceAssert networkInterface(String name) {
        return new InterfaceAssert(subject(), name);
    }

    /**
     * Turns to a route.
     *
     * @param target {@code default}, which is 0.0.0.0/0, or a network as {@code 10.0.0.0/8} or {@code ::/0}
     * @return assertions on it
     */
    @CheckReturnValue
    public RouteAssert route(String target) {
        return new RouteAssert(subject(), target);
    }

    /**
     * Turns to what the name of a host stands for inside of the guest.
     *
     * @param name the name
     * @return assertions on its addresses
     */
    @CheckReturnValue
    public HostAssert host(String name) {
        return new HostAssert(subject(), name);
    }

    /**
     * Turns to what a web server answers to the guest itself.
     *
     * @param url its address as seen from inside, as {@code http://localhost:8080/health}
     * @return assertions on the answer
     */
    @CheckReturnValue
    public HttpAssert http(String url) {
        return HttpAssert.inside(subject(), url);
    }

    /**
     * Turns to what a web server in the guest answers to the test, at {@link StemcellContainer#address()}.
     *
     * @param port its port
     * @param path the absolute path to ask for, as {@code /health}
     * @return assertions on the answer
     */
    @CheckReturnValue
    public HttpAssert httpFromTest(int port, String path) {
        return HttpAssert.outside(subject(), port, path);
    }

    /**
     * Turns to a place at which processes listen.
     *
     * @param socket the port or path, as {@code tcp(22)}
     * @return assertions on who listens there
     */
    @CheckReturnValue
    public SocketAssert socket(GuestSocket socket) {
        return new SocketAssert(subject(), socket);
    }

    /** {@return assertions on all ports of TCP and UDP on which somebody listens} */
    @CheckReturnValue
    public SocketsAssert sockets() {
        return new SocketsAssert(subject());
    }

    /**
     * Turns to what a server of the domain name system says to the guest, mostly the first one of {@code /etc/resolv.conf}.
     *
     * @param name the name, in full
     * @param type of what type
     * @return assertions on the answer
     */
    @CheckReturnValue
    public DnsAssert dns(String name, DnsType type) {
        return new DnsAssert(subject(), name, type, "");
    }

    /** {@return assertions on the rules of nftables that the kernel has for the guest} */
    @CheckReturnValue
    public FirewallAssert firewall() {
        return new FirewallAssert(subject());
    }

    /**
     * Turns to how a log is rotated, by {@code /etc/logrotate.conf} and what that includes. Keys are logrotate's words, as {@code weekly},
     * {@code rotate} and {@code postrotate}; what goes for all logs is there, too, where nothing else is said of this one.
     *
     * @param path the absolute path of the log, which need not exist
     * @return assertions on the settings; where nothing rotates it, all of them fail
     */
    @CheckReturnValue
    public SettingsAssert logRotation(String path) {
        return Configurations.logRotation(subject(), path);
    }

    /**
     * Turns to what sshd makes of all that configures it, by {@code sshd -T}, in which large and small letters of keys are the same; a key
     * that sshd does not know is not there. sshd has to have a host key for that. Of values that have several names it prints one, whatever the
     * file has: {@code without-password} for {@code prohibit-password}.
     *
     * @return assertions on its settings
     */
    @CheckReturnValue
    public SettingsAssert sshd() {
        return Configurations.sshd(subject());
    }

    /**
     * Turns to what sshd makes of all that configures it for one connection, by {@code sshd -T -C}: with what its {@code Match} lines say. Its
     * words are those of {@link #sshd}.
     *
     * @param user who logs in
     * @param address from where, in numbers
     * @return assertions on its settings
     */
    @CheckReturnValue
    public SettingsAssert sshdFor(String user, String address) {
        return Configurations.sshd(subject(), user, address);
    }

    /**
     * Turns to the values that all files of sysctl.d(5) together give the kernel's settings, whatever they are by now: those that belong to
     * the host no guest can set.
     *
     * @return assertions on them, by names as {@code net.ipv4.ip_forward}
     */
    @CheckReturnValue
    public SettingsAssert configuredSysctls() {
        return Configurations.sysctls(subject());
    }

    /**
     * Turns to what a file of systemd's own and all its drop-ins say together, by {@code systemd-analyze cat-config}; defaults are not there.
     *
     * @param name the file below {@code /etc/systemd}, as {@code journald.conf}
     * @return assertions on its settings, by keys as {@code Journal.Storage}
     */
    @CheckReturnValue
    public SettingsAssert systemdConfiguration(String name) {
        return Configurations.systemd(subject(), name);
    }

    /** {@return assertions on what {@code /etc/os-release} says, or {@code /usr/lib/os-release} where that is not there, os-release(5)} */
    @CheckReturnValue
    public SettingsAssert osRelease() {
        return Configurations.osRelease(subject());
    }
}
