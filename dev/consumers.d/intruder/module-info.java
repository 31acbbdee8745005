/** Imports what is no API, which the compiler is to refuse. */
module intruder {
    requires io.github.incusstemcell.junit;
}
