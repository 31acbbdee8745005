package io.github.incusstemcell.systemd;

import io.github.incusstemcell.incus.GuestFiles;

/** The folder in a guest for the administrator's unit files. */
record UnitFolder(GuestFiles files, String path) {

    static UnitFolder of(ManagerAccess access) {
        return new UnitFolder(access.instance().files(), access.scope().unitFolder());
    }

    void write(String unit, String content) {
        write(path, UnitName.complete(unit), content);
    }

    void writeDropIn(String unit, String name, String content) {
        String file = name.endsWith(".conf") ? name : name + ".conf";
        write(path + "/" + UnitName.complete(unit) + ".d", file, content);
    }

    private void write(String folder, String file, String content) {
        files.createDirectories(folder);
        files.writeString(folder + "/" + file, content);
    }
}
