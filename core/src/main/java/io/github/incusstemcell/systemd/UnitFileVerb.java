package io.github.incusstemcell.systemd;

import java.util.List;

/** What can be done to unit files: the manager's method, its flags behind the names, and systemctl's word. */
enum UnitFileVerb {
    ENABLE("EnableUnitFiles", "asbb", List.of(false, false), "enable"),
    DISABLE("DisableUnitFiles", "asb", List.of(false), "disable"),
    MASK("MaskUnitFiles", "asbb", List.of(false, false), "mask"),
    UNMASK("UnmaskUnitFiles", "asb", List.of(false), "unmask");

    final String method;
    final String signature;
    final List<Boolean> flags;
    final String command;

    UnitFileVerb(String method, String signature, List<Boolean> flags, String command) {
        this.method = method;
        this.signature = signature;
        this.flags = flags;
        this.command = command;
    }
}
