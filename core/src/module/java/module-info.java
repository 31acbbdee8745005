/**
 * Converts stemcells into Incus images and runs them, without JUnit.
 *
 * <p>OkHttp, Okio, Kotlin's library and Apache Commons are not required, as they are relocated into this module.
 */
@SuppressWarnings({
    "module", // The one of the extension is compiled after this one.
    "requires-automatic" // JRuby has no descriptor, but says its name.
})
module io.github.incusstemcell.core {
    exports io.github.incusstemcell;
    exports io.github.incusstemcell.agent;
    exports io.github.incusstemcell.container;
    exports io.github.incusstemcell.incus;
    exports io.github.incusstemcell.internal to
            io.github.incusstemcell.junit;
    exports io.github.incusstemcell.oci;
    exports io.github.incusstemcell.stemcell;
    exports io.github.incusstemcell.systemd;

    requires com.fasterxml.jackson.databind;
    // Has the native code of org.newsclub.net.unix, which looks for it by name.
    requires com.kohlschutter.junixsocket.nativecommon;
    // Of OkHttp.
    requires java.logging;
    requires java.xml;
    requires jdk.net;
    requires org.newsclub.net.unix;
    requires org.slf4j;
    requires static com.github.luben.zstd_jni;
    requires static org.jruby.complete;
    requires static org.jspecify;
}
