package io.github.incusstemcell.stemcell;

import java.util.Arrays;
import java.util.List;

/**
 * The parts of the overlay: each answers one trait of stemcells that does not fit a container, and can be left out.
 *
 * <p>No unit is masked and no file of the image is replaced but its hostname. A unit that cannot work in a container gets a condition
 * instead, so that what the image says of it stays true: {@code systemctl is-enabled auditd} asks the stemcell, not us.
 */
public enum OverlayPart {

    /**
     * The container's name as hostname. Without it every guest is called {@code bosh-stemcell}, in its logs and to the network's DNS.
     */
    HOSTNAME(new OverlayTemplate("/etc/hostname", "{{ container.name }}\n")),

    /**
     * {@code eth0} is set up by systemd-networkd. The image configures no interface: a BOSH agent would. networkd also gets a
     * read-only view of {@code /sys}, or else it waits for ever for udev, which does not run in a container. The guest asks by DHCP even
     * where it has its address already, and is given the same: this is how Incus's DNS learns its name.
     */
    NETWORK(
            OverlayTemplate.resource("/etc/systemd/network/10-incus-stemcell.network"),
            OverlayTemplate.dropIn("systemd-networkd.service")),

    /**
     * {@code /var/log} as a mount. rsyslog waits until it is one, for the agent to mount a disk there; without, the boot takes 90
     * seconds and ends with rsyslog failed. Only where there is a {@code /var/vcap/bosh}.
     */
    LOG_MOUNT(OverlayTemplate.resource("/etc/systemd/system/var-log.mount"), OverlayTemplate.dropIn("rsyslog.service")),

    /**
     * Host keys for sshd. The image has none, and its {@code firstboot.service} that makes them does not run where the image's
     * machine-id is one newline: systemd does not call that a first boot. Keys that are there already stay.
     */
    SSH_HOST_KEYS(
            OverlayTemplate.resource("/etc/systemd/system/incus-stemcell-ssh-keys.service"),
            OverlayTemplate.dropIn("ssh.service")),

    /**
     * The BOSH agent starts only where a test has given it settings, in {@code /var/vcap/bosh/warden-cpi-agent-env.json}. Without them it
     * exits and is restarted for ever, six times a second. On jammy runit starts it. monit has a condition of its own.
     */
    AGENT(OverlayTemplate.dropIn("bosh-agent.service"), OverlayTemplate.dropIn("runit.service")),

    /** Kernel modules, binary formats and audit rules belong to the host; their units would fail. */
    KERNEL(
            OverlayTemplate.dropIn("systemd-modules-load.service"),
            OverlayTemplate.dropIn("systemd-binfmt.service"),
            OverlayTemplate.dropIn("audit-rules.service")),

    /**
     * chrony may not set the host's clock, and fails. Where it comes with Ubuntu's starter script, it runs: that script lets it watch the
     * clock only.
     */
    CLOCK(OverlayTemplate.dropIn("chrony.service")),

    /**
     * No caches are made anew. Each fresh container would look to systemd like an updated system, and spend a tenth of a
     * second on them (systemd-update-done.service(8)).
     */
    UPDATE_DONE(OverlayTemplate.updated("/etc/.updated"), OverlayTemplate.updated("/var/.updated"));

    private final List<OverlayTemplate> templates;

    OverlayPart(OverlayTemplate... templates) {
        this.templates = Arrays.asList(templates);
    }

    List<OverlayTemplate> templates() {
        return templates;
    }
}
