package io.github.incusstemcell.stemcell;

import java.util.Arrays;
import java.util.List;

/**
 * The parts of the overlay: each but the last answers one trait of stemcells that does not fit a container, and can be left out.
 *
 * <p>No unit is masked and no file of the image is replaced but its hostname and its machine-id. A unit that cannot work in a container gets a condition
 * instead, so that what the image says of it stays true: {@code systemctl is-enabled auditd} asks the stemcell, not us.
 */
public enum OverlayPart {

    /**
     * The container's name as hostname. The image of every generation is called {@code bosh-stemcell}, and without this so is every
     * guest, in its logs and to the network's DNS.
     */
    HOSTNAME(new OverlayTemplate("/etc/hostname", "{{ container.name }}\n")),

    /**
     * One newline as machine-id, which systemd fills at each container's boot. All generations known have it so; where an image says
     * {@code uninitialized}, or has none, systemd would call each boot the first and enable what the image disabled
     * (machine-id(5), systemd.preset(5)); where it has one, all containers would share it, and with it the identity by which
     * networkd asks for an address (networkd.conf(5), {@code DUIDType=}). To see a real first boot leave this out, and
     * {@link #FIRST_BOOT}.
     */
    MACHINE_ID(OverlayTemplate.resource("/etc/machine-id")),

    /**
     * {@code eth0} is set up by systemd-networkd. No generation configures an interface: a BOSH agent would. networkd also gets a
     * read-only view of {@code /sys}, or else it waits for ever for udev, which is masked in noble since September 2026 and sees no events
     * in a container before. The guest asks by DHCP even where it has its address already, and is given the same: this is how Incus's
     * DNS learns its name. jammy does not start networkd: there it is started only where the address has to come by DHCP.
     */
    NETWORK(
            OverlayTemplate.resource("/etc/systemd/network/10-incus-stemcell.network"),
            OverlayTemplate.dropIn("multi-user.target"),
            OverlayTemplate.dropIn("systemd-networkd.service")),

    /**
     * What jammy's {@code /etc/resolv.conf} leads to, which nothing there makes: the resolver of the network. Elsewhere nothing reads it.
     */
    RESOLVER(OverlayTemplate.resource("/etc/tmpfiles.d/incus-stemcell-resolver.conf")),

    /**
     * {@code /var/log} as a mount. In all generations rsyslog waits until it is one, for the agent to mount a disk there; without, the
     * boot takes 90 seconds and ends with rsyslog failed. Only where there is a {@code /var/vcap/bosh}, and no settings for the agent.
     */
    LOG_MOUNT(OverlayTemplate.resource("/etc/systemd/system/var-log.mount"), OverlayTemplate.dropIn("rsyslog.service")),

    /**
     * Host keys for sshd, before its service (jammy) or its socket (noble, resolute) is there. No generation's image has any. Those that are
     * there already stay. The RSA key, which costs more to compute than the rest of a boot, comes from outside the guest, each machine's own.
     */
    SSH_HOST_KEYS(
            OverlayTemplate.resource("/etc/systemd/system/incus-stemcell-ssh-keys.service"),
            OverlayTemplate.resource(OverlayTemplate.RSA_KEY),
            OverlayTemplate.dropIn("ssh.socket"),
            OverlayTemplate.dropIn("ssh.service")),

    /**
     * The first boot counts as done. Else each test would wait 5 to 17 seconds for it: in {@code rc.local} (jammy, noble to the end of 2025) or
     * in {@code firstboot.service} (noble and resolute since). What it makes are host keys, see {@link #SSH_HOST_KEYS}, and a sysstat that
     * is enabled, which it is in the image. {@code ssh.service} waits for the same mark in noble and resolute.
     */
    FIRST_BOOT(OverlayTemplate.resource("/root/firstboot_done")),

    /**
     * The BOSH agent starts only where a test has given it settings, in {@code /var/vcap/bosh/warden-cpi-agent-env.json}. Without them it
     * exits and is restarted for ever, six times a second. On jammy runit starts it. monit has a condition of its own.
     *
     * <p>Where it has settings, it finds what the kernel would refuse it in an unprivileged container, before it starts: {@code
     * /var/vcap/data} as a file system of the guest's own, a tmpfs that begins with what is there; {@code /home} as a mount; and an auditd that asks
     * for no priority. Else it would exit at {@code mount /var/log -o remount,nodev}, for ever.
     */
    AGENT(
            OverlayTemplate.resource("/etc/systemd/system/incus-stemcell-agent.service"),
            OverlayTemplate.dropIn("bosh-agent.service"),
            OverlayTemplate.dropIn("runit.service")),

    /**
     * jammy's runit supervises no second sshd and no second cron beside systemd's. The CPI of docker removes both, too: that sshd makes an
     * RSA key, about which the first boot then asks a question that nobody answers.
     */
    RUNIT(OverlayTemplate.resource("/etc/systemd/system/runit.service.d/91-incus-stemcell-services.conf")),

    /**
     * Kernel modules, binary formats and audit rules belong to the host, as do NVMe fabrics, which noble looks for until spring 2026; their
     * units would fail.
     */
    KERNEL(
            OverlayTemplate.dropIn("systemd-modules-load.service"),
            OverlayTemplate.dropIn("systemd-binfmt.service"),
            OverlayTemplate.dropIn("audit-rules.service"),
            OverlayTemplate.dropIn("nvmf-autoconnect.service")),

    /**
     * No udev: the devices are the host's, whose udev has seen to them, and the kernel tells a container nothing of them. It would ask for
     * each of the host's some hundred devices anew and run its rules on them, a fifth of a boot. Since September 2026 noble masks the
     * service; its sockets and {@code systemd-udev-trigger.service} live on in all generations.
     */
    UDEV(
            OverlayTemplate.dropIn("systemd-udevd.service"),
            OverlayTemplate.dropIn("systemd-udevd-control.socket"),
            OverlayTemplate.dropIn("systemd-udevd-kernel.socket"),
            OverlayTemplate.dropIn("systemd-udev-trigger.service")),

    /**
     * chrony may not set the host's clock, and fails; noble masks it since September 2026. Where it comes with Ubuntu's starter script, it
     * runs: that script lets it watch the clock only. Nothing waits for it to have set the clock.
     */
    CLOCK(OverlayTemplate.dropIn("chrony.service"), OverlayTemplate.dropIn("chrony-wait.service")),

    /**
     * No caches are made anew. Each fresh container, of any generation, would look to systemd like an updated system, and spend a tenth of a
     * second on them (systemd-update-done.service(8)).
     */
    UPDATE_DONE(OverlayTemplate.updated("/etc/.updated"), OverlayTemplate.updated("/var/.updated")),

    /**
     * A container that was started, and that no JVM holds within five seconds, powers off: the JVM was killed while the daemon started what
     * it had asked for. It answers no trait of stemcells. One that is kept for a person to look at, or was never a test's, lives on.
     */
    SWITCH(
            OverlayTemplate.resource("/etc/systemd/system/incus-stemcell-switch.service"),
            OverlayTemplate.dropIn("sysinit.target").atEachStart());

    private final List<OverlayTemplate> templates;

    OverlayPart(OverlayTemplate... templates) {
        this.templates = Arrays.asList(templates);
    }

    /** {@return the files of the guest that it writes, as absolute paths} */
    public List<String> paths() {
        return templates.stream().map(OverlayTemplate::path).toList();
    }

    List<OverlayTemplate> templates() {
        return templates;
    }
}
