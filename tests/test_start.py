"""How a server comes up: alone on its port, heard once it says so, ended at any moment."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.patience import patience
from tests.processes import status
from tests.serving import command, free_port


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = process.communicate(timeout=patience("stop"))
    return process.returncode, told


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


@pytest.mark.parametrize(
    "hosts", [("127.0.0.1", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("0.0.0.0", "127.0.0.1"),  # noqa: S104
              ("127.0.0.1", "::"), ("localhost", "127.0.0.1")],
    ids="-".join,
)  # fmt: skip
def test_of_two_that_start_at_the_same_moment_one_is_refused(
    small_path: Path, hosts: tuple[str, str]
) -> None:
    port = free_port()
    two = [command("serve", small_path, "--port", str(port), "--host", host) for host in hosts]
    lines = [first_line(process) for process in two]
    serving = [line.startswith("serving ") for line in lines]
    assert sorted(serving) == [False, True], lines
    winner, loser = (two[index] for index in (serving.index(True), serving.index(False)))
    code, _ = ended(loser)
    assert (code, "Address already in use; name another one" in lines[serving.index(False)]) == (
        1, True
    )  # fmt: skip
    winner.terminate()
    assert ended(winner) == (0, "")


def test_who_says_that_it_serves_is_heard_at_once(small_path: Path) -> None:
    port = free_port()
    process = command("serve", small_path, "--port", str(port))
    try:
        address = re.search(r" on (http://\S+)/ ", first_line(process))
        assert address is not None
        assert status(address[1]) == 200
    finally:
        process.terminate()
        ended(process)


def test_a_port_is_free_again_as_soon_as_its_server_has_ended(small_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        process = command("serve", small_path, "--port", str(port))
        assert first_line(process).startswith("serving ")
        assert status(f"http://127.0.0.1:{port}") == 200
        process.terminate()
        assert ended(process) == (0, "")


# Somebody who listens on the port without wanting to share it, or with.
@pytest.mark.parametrize("option", [None, socket.SO_REUSEADDR, socket.SO_REUSEPORT])
def test_a_port_of_others_is_refused(small_path: Path, option: int | None) -> None:
    with socket.socket() as other:
        if option is not None:
            other.setsockopt(socket.SOL_SOCKET, option, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, told = ended(command("serve", small_path, "--port", str(port)))
    assert (code, "Address already in use" in told) == (1, True)


START = "from scograph.__main__ import main; print('begun', flush=True); main()"


@pytest.mark.parametrize("after", [0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5])
def test_an_interruption_at_any_moment_is_no_traceback(small_path: Path, after: float) -> None:
    # The interpreter itself, before it runs a line of ours, does print one: hence the sign of life.
    process = subprocess.Popen(
        [sys.executable, "-c", START, "serve", str(small_path), "--port", str(free_port())],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(after - 0.1)
    process.send_signal(signal.SIGINT)
    code_, told = ended(process)
    assert "Traceback" not in told
    is_served = "serving " in told
    assert code_ in ((0, 130) if is_served else (130, -signal.SIGINT))


def test_where_nobody_hears_it_the_service_is_served_all_the_same(small_path: Path) -> None:
    port = free_port()
    process = command("serve", small_path, "--port", str(port))
    assert process.stderr is not None
    process.stderr.close()
    try:
        end = time.monotonic() + patience("start")
        while status(f"http://127.0.0.1:{port}") != 200:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(timeout=patience("stop"))
        assert process.stdout is not None
        process.stdout.close()
    assert process.returncode == 0
