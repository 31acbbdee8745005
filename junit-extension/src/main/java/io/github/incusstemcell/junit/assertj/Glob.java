package io.github.incusstemcell.junit.assertj;

import io.github.incusstemcell.incus.FileStat;
import io.github.incusstemcell.incus.GuestFileException;
import io.github.incusstemcell.incus.GuestFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pattern of paths as glob(7) has it. It is looked up over SFTP, which also guests have that were not started: each folder in which there
 * are names to choose from is listed once.
 */
record Glob(String text) {

    /** What is there, by path. A wildcard leads through links to folders, as shells have it. */
    List<FileStat> find(GuestFiles files) {
        List<FileStat> found = new ArrayList<>();
        find(files, "", text.substring(1), found);
        return found;
    }

    private static void find(GuestFiles files, String folder, String rest, List<FileStat> found) {
        int slash = rest.indexOf('/');
        String name = slash < 0 ? rest : rest.substring(0, slash);
        if (!isWild(name)) {
            String path = folder + "/" + name;
            if (slash < 0) {
                files.find(path).ifPresent(found::add);
            } else {
                find(files, path, rest.substring(slash + 1), found);
            }
            return;
        }
        Pattern pattern = pattern(name);
        for (FileStat stat : list(files, folder.isEmpty() ? "/" : folder)) {
            boolean isHidden = stat.name().startsWith(".") && !name.startsWith(".");
            if (!isHidden && pattern.matcher(stat.name()).matches()) {
                if (slash < 0) {
                    found.add(stat);
                } else if (stat.isDirectory() || stat.isSymbolicLink()) {
                    find(files, stat.path(), rest.substring(slash + 1), found);
                }
            }
        }
    }

    private static List<FileStat> list(GuestFiles files, String folder) {
        try {
            return files.list(folder);
        } catch (GuestFileException e) {
            if (e.reason().isAbsence()) {
                return List.of();
            }
            throw e;
        }
    }

    static boolean isWild(String name) {
        return name.matches("(?s).*[*?].*|.*\\[.+].*");
    }

    /** Of one name, between slashes. */
    static Pattern pattern(String name) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < name.length()) {
            char letter = name.charAt(i);
            int end = letter == '[' ? name.indexOf(']', i + 2) : -1;
            if (end > 0) {
                regex.append(letters(name.substring(i + 1, end)));
                i = end;
            } else if (letter == '*') {
                regex.append(".*");
            } else if (letter == '?') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(letter)));
            }
            i++;
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private static String letters(String between) {
        boolean isNot = between.startsWith("!") || between.startsWith("^");
        String letters = (isNot ? between.substring(1) : between).replaceAll("[\\[\\]\\\\&^]", "\\\\$0");
        return "[" + (isNot ? "^" : "") + letters + "]";
    }

    /** What of it is a path, up to its first wildcard, with that. */
    String beginning() {
        StringBuilder path = new StringBuilder();
        for (String name : text.substring(1).split("/")) {
            path.append('/').append(name);
            if (isWild(name)) {
                break;
            }
        }
        return path.toString();
    }
}
