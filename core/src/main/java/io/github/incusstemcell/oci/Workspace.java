package io.github.incusstemcell.oci;

import io.github.incusstemcell.Progress;
import java.nio.file.Path;

/**
 * Where long work is done and who is told of it.
 *
 * @param folder for files that do not outlive the process; made when missing
 */
record Workspace(Path folder, Progress progress) {}
