# shellcheck shell=bash
# The machine that tests run on, and Maven to run them. Source it after common.sh.

# test_machine VERSION [IMAGE [SUITE]]: a JDK and Maven, an Incus of that version, a registry, and the replica of a stemcell
# in it, from that release of Debian, unless another image is named; all of it exported for the tests.
test_machine() {
    local version=$1 image=${2:-} suite=${3:-trixie}
    toolchain
    "$HERE/incus" up --version "$version"
    eval "$("$HERE/incus" env --version "$version")"
    # One test kills the daemon in the middle of everything: this one is ours.
    export INCUS_STEMCELL_DEV_RESTART="'$HERE/incus' restart --kill --version $version"
    if [ -z "$image" ]; then
        "$HERE/stemcell" up --suite "$suite"
        eval "$("$HERE/registry" env)"
        image=$("$HERE/stemcell" ref --suite "$suite")
        export INCUS_STEMCELL_REGISTRY_INSECURE=$INCUS_STEMCELL_DEV_REGISTRY
        # For tests of the parts that know no overlay: a guest that boots well by itself.
        INCUS_STEMCELL_DEV_ROOTFS=$("$HERE/stemcell" build --suite "$suite" --plain)/layer.tar.gz
        export INCUS_STEMCELL_DEV_ROOTFS
    fi
    export INCUS_STEMCELL_IMAGE=$image
}

toolchain() {
    command -v javac >/dev/null || need "$(jdk_package)"
    command -v mvn >/dev/null || need maven
}

jdk_package() {
    case $(distribution) in
        debian-12 | ubuntu-22.04) echo openjdk-17-jdk-headless ;;
        *) echo openjdk-21-jdk-headless ;;
    esac
}

# maven ARGUMENT...: in the project's root, showing downloads, since the first run has many.
maven() {
    (cd "$HERE/.." && mvn -B "$@")
}
