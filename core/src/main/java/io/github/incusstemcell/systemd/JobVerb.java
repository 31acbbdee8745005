package io.github.incusstemcell.systemd;

/** What a job does to a unit. */
enum JobVerb {
    START("StartUnit", "start"),
    STOP("StopUnit", "stop"),
    RESTART("RestartUnit", "restart"),
    RELOAD("ReloadUnit", "reload");

    final String method;
    final String command;

    JobVerb(String method, String command) {
        this.method = method;
        this.command = command;
    }
}
