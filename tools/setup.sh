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
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@" >.venv/setup.log 2>&1 || {
        tail -n 3 .venv/setup.log >&2
        fail "the Python packages could not be installed: is the package registry reachable? All of pip's words are in .venv/setup.log; run the command again when it is."
    }
}

install_browser() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setting up: chromium, for the tests of the pages" >&2
        { apt-get update && apt-get install -y --no-install-recommends chromium; } >.venv/browser.log 2>&1 ||
            echo "scograph: chromium could not be installed (see .venv/browser.log); the browser tests will say that they skip" >&2
    else
        echo "scograph: no chromium here; install Debian's package chromium to run the browser tests, which else say that they skip" >&2
    fi
}

# What sends requests in the benchmark. Of the servers beside which ours is measured, nginx and
# Virtuoso are left to whoever wants them: Debian starts some of them at once, for everybody.
install_wrk() {
    command -v wrk >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setting up: wrk, for the benchmark" >&2
        { apt-get update && apt-get install -y --no-install-recommends wrk; } >.venv/wrk.log 2>&1
    fi
    command -v wrk >/dev/null 2>&1 ||
        echo "scograph: no wrk here; install Debian's package wrk to measure serving" >&2
}

# A client of SPARQL endpoints that the tests ask with; it lives on npm.
install_comunica() {
    if ! command -v npm >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setting up: npm, for the tests of clients" >&2
        { apt-get update && apt-get install -y --no-install-recommends curl nodejs npm; } >.venv/npm.log 2>&1
    fi
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
    install_browser
    install_comunica
    touch .venv/.ready-dev
    ;;
bench)
    install --editable '.[bench]'
    install_wrk
    touch .venv/.ready-bench
    ;;
*)
    install --editable .
    ;;
esac
touch .venv/.ready
