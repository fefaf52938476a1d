#!/bin/sh
# Makes .venv with the project in it; with `dev`, also the tools of the tests, with
# `bench` those of the benchmark.
# Every failure ends in one sentence that says what to do.
set -u

fail() {
    echo "scograph: $1" >&2
    exit 1
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --prefer-binary "$@" >.venv/setup.log 2>&1 || {
        tail -n 3 .venv/setup.log >&2
        fail "the Python packages could not be installed: is the package registry reachable? All of pip's words are in .venv/setup.log; run the command again when it is."
    }
}

# Debian's packages, each of them only for somebody: `debian chromium nginx` asks for what of these
# is missing, and without the right to install says what to install. One that fails is one
# sentence; the rest are installed all the same.
debian() {
    missing=""
    for package in "$@"; do
        has "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "scograph: not here:$missing; install these packages of Debian to run what needs them, which else says that it skips" >&2
        return 0
    fi
    echo "setting up: Debian's$missing" >&2
    apt-get update >.venv/debian.log 2>&1
    start_nothing
    for package in $missing; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            -o DPkg::Lock::Timeout=120 "$package" >>.venv/debian.log 2>&1 </dev/null ||
            echo "scograph: $package could not be installed (see .venv/debian.log); what needs it will say that it skips" >&2
    done
    case "$missing" in
    *nginx*) update-rc.d nginx disable >>.venv/debian.log 2>&1 ;;
    esac
    leave_nothing
}

has() {
    case "$1" in
    chromium) names="chromium chromium-browser google-chrome" ;;
    nodejs) names="node" ;;
    systemd) names="systemd-analyze" ;;
    *) names="$1" ;;
    esac
    for name in $names; do
        PATH="$PATH:/usr/sbin" command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

# Debian starts servers as it installs them, for everybody and at every boot. The tests start
# an nginx of their own; this one is to lie still. A policy that is there already stays.
policy=/usr/sbin/policy-rc.d
start_nothing() {
    ours=""
    [ -e "$policy" ] && return
    ours="$policy"
    trap leave_nothing EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
}

leave_nothing() {
    [ -z "$ours" ] || rm -f "$ours"
    ours=""
}

# A client of SPARQL endpoints that the tests ask with; it lives on npm.
install_comunica() {
    echo "setting up: Comunica" >&2
    (cd tests/comunica && npm ci --no-audit --no-fund) >.venv/comunica.log 2>&1 ||
        echo "scograph: Comunica could not be installed (see .venv/comunica.log); its test will say that it skips" >&2
}

python=$(find_python)
[ -n "$python" ] || fail "Python 3.11 or newer is needed; install it, or name it: make PYTHON=/path/to/python3.11 ..."
[ -x .venv/bin/python ] || {
    echo "setting up: .venv" >&2
    "$python" -m venv .venv >/dev/null 2>&1 || {
        rm -rf .venv
        fail "no virtual environment can be made: Python's venv module is missing (Debian: apt-get install python3-venv)."
    }
}
echo "setting up: Python packages" >&2
case "${1:-}" in
dev)
    install --editable '.[dev]'
    debian chromium curl nginx nodejs npm openssl systemd
    install_comunica
    touch .venv/.ready-dev
    ;;
bench)
    install --editable '.[bench]'
    # What sends requests. Of the servers beside which ours is measured, nginx and Virtuoso are
    # left to whoever wants them.
    debian wrk
    touch .venv/.ready-bench
    ;;
*)
    install --editable .
    ;;
esac
touch .venv/.ready
