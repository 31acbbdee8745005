package io.github.incusstemcell.container;

import java.time.Instant;
import java.util.Objects;

/**
 * When a container was where in its start, by this machine's clock.
 *
 * @param begin when a thread began with it
 * @param imagePrepared when its image stood in Incus
 * @param started when Incus had created and started it
 * @param booted when systemd had finished booting and there was an address
 */
public record StartTimes(Instant begin, Instant imagePrepared, Instant started, Instant booted) {

    /** Refuses nulls. */
    public StartTimes {
        Objects.requireNonNull(begin, "begin");
        Objects.requireNonNull(imagePrepared, "imagePrepared");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(booted, "booted");
    }
}
