/**
 * The files of a guest over SFTP: its requests, whole trees, and new content in the place of old in one step. No API: {@code incus} does by it
 * what is asked of an instance's files.
 */
@NullMarked
package io.github.incusstemcell.incus.files;

import org.jspecify.annotations.NullMarked;
