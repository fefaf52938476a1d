"""The access log: it fails and holds up no request, and its file may be renamed under it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from scograph.server.access_log import Log, Visit
from tests.patience import eventually, patience
from tests.processes import ASK, metrics, status
from tests.serving import command, fetch, free_port, serving

VISIT = Visit("GET", "/x", "", 200, 0.001, 5, None, False, "192.0.2.1")
DROPPED = ("scograph_log_lines_dropped_total",)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_what_is_logged_is_written_by_the_end(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "log")).open()
    for _ in range(500):
        log.write(VISIT)
    log.close()
    assert len(lines((tmp_path / "log").read_text())) == 500
    assert log.dropped == 0


def test_a_pipe_that_nobody_reads_costs_lines_not_time(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    log = Log(str(pipe)).open()
    for _ in range(30_000):
        log.write(VISIT)
    # A pipe holds some 500 lines; ten thousand wait.
    assert 30_000 - 22_000 <= log.dropped < 30_000
    os.close(reader)
    log.close()
    assert log.dropped == 30_000 or log.dropped > 19_000


def test_a_full_disk_costs_the_lines_that_do_not_fit() -> None:
    log = Log("/dev/full").open()
    for _ in range(50):
        log.write(VISIT)
    log.close()
    assert log.dropped == 50


def test_a_line_of_which_a_part_was_written_spoils_no_other(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys, time\n"
        "from scograph.server.access_log import Log, Visit\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "log = Log(sys.argv[1]).open()\n"
        "visit = Visit('GET', '/x', '', 200, 0.001, 5, None, False, '')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))\n"
        "for _ in range(20): log.write(visit)\n"
        "while not log.dropped: time.sleep(0.01)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "dropped = log.dropped\n"
        "for _ in range(5): log.write(visit)\n"
        "log.close()\n"
        "print(dropped, log.dropped)\n"
    )
    path = tmp_path / "log"
    run = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True,
                          timeout=patience("command"))  # fmt: skip
    dropped, in_the_end = map(int, done.stdout.split())
    text = path.read_text().splitlines()
    whole = [line for line in text if line.endswith("}")]
    assert (dropped, in_the_end, len(text)) == (20 - len(whole) + 5, dropped, len(whole) + 1)
    assert [json.loads(line)["path"] for line in whole] == ["/x"] * len(whole)


@contextmanager
def logging_to_stdout(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    process = command("serve", folder, "--port", str(port), "--access-log", "-")
    try:
        fetch(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=patience("stop"))
        assert process.stderr is not None
        told = process.stderr.read()
        process.stderr.close()
        assert "Traceback" not in told


def test_a_reader_that_has_ended_is_no_ones_concern(small_path: Path) -> None:
    with logging_to_stdout(small_path) as (address, process):
        assert process.stdout is not None
        process.stdout.close()
        assert {status(address) for _ in range(20)} == {200}
        eventually(lambda: metrics(address)[DROPPED] >= 20, "the lines are counted")
        assert status(address, "/health") == 200


def test_a_reader_that_does_not_read_is_no_ones_concern(small_path: Path) -> None:
    with logging_to_stdout(small_path) as (address, process):
        assert {status(address) for _ in range(600)} == {200}
        assert status(address, "/health") == 200
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("log", ["/dev/full", "FIFO"])
def test_a_log_that_cannot_be_written_changes_no_answer(
    small_path: Path, tmp_path: Path, log: str
) -> None:
    if log == "FIFO":
        log = str(tmp_path / "fifo")
        os.mkfifo(log)
        reader = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    with serving(small_path, "--access-log", log) as (address, _):
        if log != "/dev/full":
            os.close(reader)
        asked = [ASK, "/health", "/nothing", "/sparql?query=SELEC", "/download/forum.ttl"]
        found = [status(address, path) for path in asked * 3]
        assert found == [200, 200, 404, 400, 200] * 3
        eventually(lambda: metrics(address)[DROPPED] >= 15, "the lines are counted")


def test_a_log_that_is_renamed_is_opened_anew_on_sighup(small_path: Path, tmp_path: Path) -> None:
    path, old = tmp_path / "log", tmp_path / "log.1"
    with serving(small_path, "--access-log", str(path)) as (address, process):
        status(address, "/sparql?query=" + quote("ASK {} # first"))
        eventually(lambda: "/sparql" in path.read_text(), "the line is written")
        path.rename(old)
        process.send_signal(signal.SIGHUP)
        eventually(path.exists, "the log is opened anew")
        status(address, "/robots.txt")
        eventually(lambda: "/robots.txt" in path.read_text(), "lines go to the new file")
        assert status(address) == 200
    assert "/robots.txt" not in old.read_text()
    assert len(lines(old.read_text())) >= 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "Is a directory"), ("none/log", "No such file or directory"),
     ("fifo", "nobody reads this pipe")],
)  # fmt: skip
def test_a_log_that_cannot_be_opened_is_one_sentence(
    small_path: Path, tmp_path: Path, name: str, reason: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    path = tmp_path / name
    process = command("serve", small_path, "--port", str(free_port()), "--access-log", str(path))
    _, told = process.communicate(timeout=patience("stop"))
    assert (process.returncode, told) == (
        1, f"scograph: cannot write the access log {path}: {reason}\n"
    )  # fmt: skip
