# shellcheck shell=bash
# The machine that tests run on, and Maven to run them. Source it after common.sh.

# test_machine VERSION [IMAGE [GENERATION [SUITE [OPTION...]]]]: a JDK and Maven, an Incus of that version, a registry, and in it the replica of a
# stemcell of that generation, from that release of Debian, unless another image is named; all of it exported for the tests. The options are
# those of dev/stemcell.
test_machine() {
    local version=$1 image=${2:-} generation=${3:-} suite=${4:-}
    toolchain
    "$HERE/incus" up --version "$version"
    eval "$("$HERE/incus" env --version "$version")"
    # One test kills the daemon in the middle of everything: this one is ours.
    export INCUS_STEMCELL_DEV_RESTART="'$HERE/incus' restart --kill --version $version"
    if [ -z "$image" ]; then
        image=$("$HERE/stemcell" up ${generation:+--generation "$generation"} ${suite:+--suite "$suite"} "${@:5}")
        eval "$("$HERE/registry" env)"
        export INCUS_STEMCELL_REGISTRY_INSECURE=$INCUS_STEMCELL_DEV_REGISTRY
        # For tests of the parts that know no overlay: a guest that boots well by itself.
        INCUS_STEMCELL_DEV_ROOTFS=$("$HERE/stemcell" build --plain ${suite:+--suite "$suite"})/layer.tar.gz
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

# maven ARGUMENT...: in the project's root, showing downloads, since the first run has many; for no longer than all of this script may
# take. Tests that hang are ended with the stacks of all their threads.
maven() {
    local watch status=0
    # Its standard input ends with Maven, or with this script.
    exec {watch}> >(end_overdue "$$" "$((LONGEST_RUN - SECONDS))")
    (cd "$HERE/.." && exec {watch}>&- && exec mvn -B "$@") || status=$?
    exec {watch}>&-
    return "$status"
}

# In seconds, from the start of the script.
LONGEST_RUN=${INCUS_STEMCELL_DEV_LONGEST_RUN:-4500}

# end_overdue PROCESS SECONDS: after that time shows what the JVMs below that process are doing, and ends them.
end_overdue() {
    local process=$1 seconds=$2 ours=$BASHPID status=0 family one
    read -r -t "$((seconds > 0 ? seconds : 1))" || status=$?
    # Less than that is the end of the input.
    [ "$status" -gt 128 ] || return 0
    say "TOO LONG: this runs for $SECONDS s and is ended; the stacks of its threads:"
    family=$(below "$process" "$ours")
    for one in $family; do
        [ "$(cat "/proc/$one/comm" 2>/dev/null)" != java ] || { ps -o pid=,args= -p "$one" | cut -c1-200; jcmd "$one" Thread.print -l; } >&2 || true
    done
    # shellcheck disable=SC2086
    kill $family 2>/dev/null || true
    # shellcheck disable=SC2046,SC2086
    timeout 30 tail $(printf -- '--pid=%s ' $family) -s 1 -f /dev/null || kill -KILL $family 2>/dev/null || true
}

# below PROCESS [BUT]: what it started, but for that one, and what they did.
below() {
    local child
    for child in $(ps -o pid= --ppid "$1"); do
        [ "$child" != "${2:-}" ] || continue
        echo "$child"
        below "$child"
    done
}
