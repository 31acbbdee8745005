/**
 * Registries and other web servers over HTTP: manifests, blobs and files, with credentials, tokens, mirrors' repositories, proxies, and
 * downloads that go on where they broke. No API: {@code oci} makes images of what comes.
 */
@NullMarked
package io.github.incusstemcell.oci.registry;

import org.jspecify.annotations.NullMarked;
