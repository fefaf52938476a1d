"""What is answered while zygotes die, releases are damaged or slow, and signals come in bursts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from scograph.build.pipeline import Checked
from tests.numbered import NumberedReleases, asked, number
from tests.patience import eventually, patience
from tests.processes import (
    arguments,
    at_work,
    children,
    is_running,
    metrics,
    status,
    supervisor_of,
    tree,
    usage,
    workers_of,
)
from tests.serving import command, free_port, serving

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
Running = tuple[str, subprocess.Popen[str]]
# Long enough for whatever has to be loaded meanwhile.
WAIT = ("--wait", str(patience("condition")), "--parallel", "64", "--workers", "2")
SLOW = 150_000  # quads, which take about a second to load


@pytest.fixture
def releases(small: Checked, tmp_path: Path) -> NumberedReleases:
    found = NumberedReleases(tmp_path / "graph", small)
    found.make()
    return found


@contextmanager
def told(process: subprocess.Popen[str]) -> Iterator[list[str]]:
    """The lines of standard error, as they come."""
    lines: list[str] = []
    assert process.stderr is not None
    reader = threading.Thread(target=lines.extend, args=(process.stderr,))
    reader.start()
    try:
        yield lines
    finally:
        process.terminate()
        reader.join()


def supervisor(process: subprocess.Popen[str]) -> int:
    return supervisor_of(process)


def zygotes(process: subprocess.Popen[str]) -> list[int]:
    return children(supervisor_of(process))


def web_process(process: subprocess.Popen[str]) -> int:
    (found,) = (pid for pid in children(process.pid) if b"scograph.server" not in arguments(pid))
    return found


def test_whoever_is_asked_when_the_zygote_dies_is_asked_again(small_path: Path) -> None:
    """No client hears of it, nor is told that its query was at fault."""
    with serving(small_path, "--deadline", "60", *WAIT) as (address, process):
        found: list[tuple[int, bytes]] = []
        before = usage(process)
        slow = threading.Thread(target=lambda: found.append(asked(address, PRODUCT)))
        slow.start()
        eventually(lambda: bool(at_work(process, before)), "a worker is at the query")
        old = workers_of(process)
        (zygote,) = zygotes(process)
        os.kill(zygote, signal.SIGKILL)
        assert status(address, "/sparql?query=" + quote("ASK { ?s ?p 1 }")) == 200
        eventually(lambda: not set(old) & set(workers_of(process)), "its workers end with it")
        eventually(lambda: bool(at_work(process, {})), "another worker is at the query")
        for pid in at_work(process, {}):
            os.kill(pid, signal.SIGSEGV)
        slow.join()
        sentence = b"500 Internal Server Error: The query ended the process that ran it, by a fault"
        assert found[0][1].startswith(sentence)


def test_stopped_workers_are_replaced_and_nobody_hears_of_it(small_path: Path) -> None:
    with serving(small_path, "--deadline", "60", *WAIT) as (address, process):
        before = usage(process)
        slow = threading.Thread(target=asked, args=(address, PRODUCT))
        slow.start()
        eventually(lambda: bool(at_work(process, before)), "a worker is at the query")
        stopped = workers_of(process)
        for pid in stopped:  # the one at work, and one that is idle
            os.kill(pid, signal.SIGSTOP)
        assert status(address, "/health") == 200
        eventually(lambda: not set(stopped) & set(workers_of(process)), "all are replaced")
        assert metrics(address)["scograph_worker_deaths_total", "stopped"] == 2
        eventually(lambda: bool(at_work(process, {})), "another worker is at the query")
        for pid in at_work(process, {}):
            os.kill(pid, signal.SIGSEGV)
        slow.join()


SENTENCES = [
    (supervisor, 1, "the supervisor of the workers was ended by SIGKILL, and so has the server"),
    (web_process, 2, "the web process has ended, and so has the server"),
]


@pytest.mark.parametrize(("who", "times", "sentence"), SENTENCES, ids=["supervisor", "web"])
def test_a_server_that_cannot_go_on_ends_and_says_so(
    small_path: Path, who: Callable[[subprocess.Popen[str]], int], times: int, sentence: str
) -> None:
    with serving(small_path) as (_, process), told(process) as lines:
        below = tree(process.pid)
        for _ in range(times):
            killed = who(process)
            os.kill(killed, signal.SIGKILL)
            eventually(
                lambda killed=killed: (
                    process.poll() is not None  # type: ignore[misc]
                    or (killed not in children(process.pid) and len(children(process.pid)) == 2)
                ),
                "it ends, or has started another process",
            )
        eventually(lambda: process.poll() is not None, "the server ends", "stop")
        eventually(lambda: not any(map(is_running, below)), "all processes end", "stop")
    assert (process.returncode, lines[-1]) == (1, f"scograph: {sentence}\n")


def test_a_web_process_that_dies_is_replaced(releases: NumberedReleases) -> None:
    with serving(releases.folder, *WAIT) as (address, process):
        os.kill(web_process(process), signal.SIGKILL)
        eventually(lambda: number(address) == 1, "another answers", "start")
        # It is told of a new release as the first one was.
        releases.make()
        process.send_signal(signal.SIGHUP)
        eventually(lambda: number(address) == 2, "the new release is served", "start")
        eventually(lambda: len(zygotes(process)) == 1, "the old zygote has ended")


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.01])
def test_an_end_that_is_asked_for_while_the_web_process_is_replaced_comes(
    small_path: Path, pause: float
) -> None:
    with serving(small_path) as (_, process):
        os.kill(web_process(process), signal.SIGKILL)
        time.sleep(pause)  # granian's moments are not to be seen from without
        process.terminate()
        process.wait(patience("stop"))


def test_a_signal_that_asks_for_an_end_is_the_parents_alone(small_path: Path) -> None:
    with serving(small_path) as (address, process):
        inner = [supervisor(process), *zygotes(process), *workers_of(process)]
        for number_ in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            for pid in inner:
                os.kill(pid, number_)
        assert status(address, "/health") == 200
        assert set(inner) <= set(tree(process.pid))


def test_a_server_whose_supervisor_is_stopped_answers_and_ends_when_told(small_path: Path) -> None:
    with serving(small_path) as (address, process):
        below = tree(process.pid)
        os.kill(supervisor(process), signal.SIGSTOP)
        assert status(address, "/sparql?query=" + quote("ASK { ?s ?p 1 }")) == 200
        process.terminate()
        process.wait(patience("stop"))
        eventually(lambda: not any(map(is_running, below)), "all processes end", "stop")


@pytest.mark.parametrize("moment", [0.4, 0.7, 1.0, 1.3, 1.7])
def test_an_interrupt_is_no_traceback_at_any_moment(small_path: Path, moment: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scograph", "serve", small_path, "--port", str(free_port())],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    time.sleep(moment)
    below = tree(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=patience("stop"))
    assert process.returncode in (-signal.SIGINT, 130, 0)
    lines = [line for line in errors.splitlines() if line and not line.startswith("serving ")]
    assert lines in ([], ["stopped"])
    eventually(lambda: not any(map(is_running, below)), "all processes end", "stop")


def test_a_hangup_is_no_end_while_the_server_starts_or_ends(releases: NumberedReleases) -> None:
    """As systemd sends it to reload what has just been started."""
    port = str(free_port())
    with command("serve", releases.folder, "--port", port) as process, told(process):
        eventually(lambda: bool(children(process.pid)), "it has begun", "start")
        releases.make()
        while number(f"http://127.0.0.1:{port}") != 2:
            process.send_signal(signal.SIGHUP)
            assert process.poll() is None
            time.sleep(0.05)
        process.terminate()
        while process.poll() is None:
            process.send_signal(signal.SIGHUP)
            time.sleep(0.005)
        assert process.returncode == 0


@pytest.mark.slow  # it has to be silent for 10 s
def test_a_web_process_that_is_stopped_is_replaced(small_path: Path) -> None:
    with serving(small_path, *WAIT) as (address, process), told(process) as lines:
        os.kill(web_process(process), signal.SIGSTOP)
        assert status(address, "/health") in (0, 200)
        eventually(lambda: status(address, "/health") == 200, "another answers")
    assert "scograph: the web process does not answer; another is started\n" in lines


def test_an_older_release_never_overtakes_a_newer(releases: NumberedReleases) -> None:
    with serving(releases.folder, *WAIT) as (address, process):
        releases.make(SLOW)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: len(zygotes(process)) == 2, "the large one is being loaded")
        releases.make()
        process.send_signal(signal.SIGHUP)
        eventually(lambda: number(address) == 3, "the newest is served", "start")
        eventually(lambda: len(zygotes(process)) == 1, "no other is being loaded")
        assert number(address, "once more") == 3


def test_a_burst_of_hangups_is_one_load(releases: NumberedReleases) -> None:
    with serving(releases.folder, *WAIT) as (address, process):
        (first,) = zygotes(process)
        for _ in range(15):
            process.send_signal(signal.SIGHUP)
            time.sleep(0.02)
            # The release is served already.
            assert zygotes(process) == [first]
        releases.make(SLOW)
        seen: set[int] = set()
        while number(address) == 1:
            process.send_signal(signal.SIGHUP)
            now = zygotes(process)
            assert len(now) <= 2
            seen |= {*now}
            time.sleep(0.02)
        eventually(lambda: len(zygotes(process)) == 1, "the old zygote has ended")
        assert seen | {*zygotes(process)} == {first, *zygotes(process)}


def test_a_release_that_is_mended_in_place_is_seen(releases: NumberedReleases) -> None:
    with serving(releases.folder, "--watch", *WAIT) as (address, process), told(process) as lines:
        releases.damage()
        eventually(lambda: bool(lines[1:]), "the server tells of the damage")
        assert number(address) == 1
        releases.mend()
        eventually(lambda: number(address) == 2, "the mended release is served", "start")
    assert lines[1].endswith("has another hash: build it again; the old release is served on\n")
    assert len(lines) == 2


def test_a_load_that_is_killed_is_told_and_tried_again(releases: NumberedReleases) -> None:
    with serving(releases.folder, *WAIT) as (address, process), told(process) as lines:
        releases.make(SLOW)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: len(zygotes(process)) == 2, "it is being loaded")
        os.kill(zygotes(process)[1], signal.SIGKILL)
        eventually(lambda: number(address) == 2, "it is loaded all the same", "start")
    path = releases.path(2)
    assert lines[1:] == [
        f"scograph: the process that loaded {path} was ended by SIGKILL; "
        "the old release is served on\n"
    ]


def test_where_no_release_can_be_read_the_server_goes_on_trying(releases: NumberedReleases) -> None:
    options = ("--wait", "0.2", "--parallel", "64", "--workers", "2")
    with serving(releases.folder, *options) as (address, process), told(process) as lines:
        assert number(address) == 1
        releases.lose()
        os.kill(zygotes(process)[0], signal.SIGKILL)
        sentence = (
            b"503 Service Unavailable: The process that held the release has ended, and another "
            b"one is loading it: ask again in a moment.\n"
        )
        new = "ASK {{ ?s ?p {} }}"
        eventually(
            lambda: asked(address, new.format(time.monotonic_ns())) == (503, sentence),
            "it is told",
        )
        # What is known is answered.
        assert number(address) == 1
        eventually(lambda: len(lines) >= 4, "the operator is told, too")
        time.sleep(2)  # nothing shows that it is not told again but time
        releases.mend()
        eventually(lambda: number(address, time.monotonic()) == 1, "it is served again", "start")
    kinds = [line.rpartition("; ")[2] for line in lines[1:]]
    assert kinds == ["the release is loaded again\n", *["it is tried again\n"] * 2]


def test_a_new_release_is_seen_while_workers_die_all_the_time(releases: NumberedReleases) -> None:
    with serving(releases.folder, "--watch", *WAIT) as (address, process):
        done = threading.Event()

        def kill() -> None:
            while not done.wait(0.2):
                for pid in workers_of(process)[:1]:
                    os.kill(pid, signal.SIGSEGV)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            releases.make()
            eventually(lambda: number(address, time.monotonic()) == 2, "it is seen", "start")
        finally:
            done.set()
            killer.join()
