"""Workers: what becomes of clients, processes and files when one of them ends, at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from scograph.http.messages import Request, Response
from scograph.server.connection import WorkerConnection
from scograph.server.frames import PID, Reply, receive_request, reply_frame, request_frame
from scograph.server.lines import Lines
from scograph.server.linux import OUT_OF_MEMORY, cause
from tests.patience import eventually, is_soon, patience
from tests.processes import (
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
from tests.serving import command, fetch, free_port, serving

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
WORKERS = 3


@pytest.fixture
def running(small_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    options = ("--workers", str(WORKERS), "--parallel", "64", "--deadline", "60")
    with serving(small_path, *options) as found:
        yield found


Running = tuple[str, subprocess.Popen[str]]


def test_there_are_as_many_workers_as_asked_for_and_they_open_nothing(running: Running) -> None:
    _, process = running
    workers = workers_of(process)
    limits = [Path(f"/proc/{pid}/limits").read_text(encoding="ascii") for pid in workers]
    eventually(lambda: len(workers_of(process)) == WORKERS, "all workers are there")
    opened = [line.split()[3:5] for text in limits for line in text.splitlines()
              if line.startswith("Max open files")]  # fmt: skip
    # One has taken a connection and is confined; the others confine themselves when they do.
    assert ["3", "3"] in opened
    core = [line.split()[4] for text in limits for line in text.splitlines() if "core file" in line]
    assert "0" in core


def test_an_idle_worker_outlives_the_deadline(small_path: Path) -> None:
    """The deadline is one of each query; nothing shows that it does not go on but time."""
    with serving(small_path, "--workers", "1", "--deadline", "1") as (address, process):
        assert status(address) == 200
        (before,) = workers_of(process)
        time.sleep(2)
        assert (status(address), workers_of(process)) == (200, [before])
        figures = metrics(address)
        died = {
            name: count for name, count in figures.items() if "scograph_worker_deaths" in name[0]
        }
        assert set(died.values()) == {0}


def test_a_killed_worker_is_replaced_and_its_client_hears_of_it(running: Running) -> None:
    address, process = running
    start = time.monotonic()
    assert status(address) == 200
    calm = time.monotonic() - start
    found: list[int] = []
    slow = threading.Thread(
        target=lambda: found.append(status(address, "/sparql?query=" + quote(PRODUCT)))
    )
    before = usage(process)
    slow.start()
    eventually(lambda: bool(at_work(process, before)), "a worker is at the query")
    for pid in workers_of(process):
        os.kill(pid, signal.SIGSEGV)
    slow.join()
    assert found == [500]
    start = time.monotonic()
    assert status(address) == 200
    assert is_soon(time.monotonic() - start, calm)
    eventually(lambda: len(workers_of(process)) == WORKERS, "every worker is replaced")


def test_a_thousand_crashes_leave_nothing_behind(running: Running) -> None:
    address, process = running
    supervisor = supervisor_of(process)
    (zygote,) = children(supervisor)

    def files() -> tuple[int, int]:
        return tuple(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (supervisor, zygote))  # type: ignore[return-value]

    before, killed = files(), 0
    end = time.monotonic() + patience("command")
    while killed < 1000 and time.monotonic() < end:
        for pid in children(zygote):
            try:
                os.kill(pid, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                continue
        time.sleep(0.01)
    assert killed >= 1000

    def replaced() -> bool:
        found = children(zygote)
        return len(found) == WORKERS and all(map(is_running, found))

    eventually(replaced, "every worker is replaced, and the dead are buried")
    assert status(address) == 200
    assert files() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_server(small_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = command("serve", small_path, "--port", str(port), "--workers", "2")
    fetch(f"http://127.0.0.1:{port}/health")
    below = tree(process.pid)
    assert len(below) >= 5
    process.send_signal(number)
    process.communicate(timeout=patience("stop"))
    eventually(lambda: not any(map(is_running, below)), "all processes end", within="stop")
    names = Path("/proc/net/unix").read_text(encoding="ascii")
    assert not any(f"@scograph-{pid}" in names for pid in below)


def test_a_zygote_that_dies_is_loaded_again(running: Running) -> None:
    address, process = running
    (zygote,) = children(supervisor_of(process))
    os.kill(zygote, signal.SIGKILL)
    eventually(
        lambda: children(supervisor_of(process)) not in ([], [zygote]), "another zygote starts"
    )
    eventually(lambda: status(address, "/health") == 200, "it is ready", within="start")
    assert len(children(supervisor_of(process))) == 1


CAUSES = [
    (0, "", "done"),
    (OUT_OF_MEMORY << 8, "", "memory"),
    (1 << 8, "Traceback", "crash"),
    (int(signal.SIGALRM), "", "deadline"),
    (int(signal.SIGABRT), "memory allocation of 99 bytes failed", "memory"),
    (int(signal.SIGABRT), "thread panicked", "crash"),
    (int(signal.SIGABRT), "comparison does not correctly implement a total order", "sort"),
    (int(signal.SIGSEGV), "", "crash"),
    (int(signal.SIGKILL), "", "killed"),
]


@pytest.mark.parametrize(("ended", "words", "expected"), CAUSES)
def test_the_cause_of_a_death(ended: int, words: str, expected: str) -> None:
    assert cause(ended, words) == expected


REQUEST = Request("POST", "/sparql", "a=б", {"accept": "*/*"}, b"\x00body", (504, "Too long."))
REPLY = Reply(Response(200, [("Content-Type", "text/plain")], b"x" * 100_000), last=True)


async def exchange(sent: bytes) -> tuple[int, Reply]:
    """What a connection makes of a worker that sends *sent* and then ends."""
    ours, theirs = socket.socketpair()
    theirs.sendall(PID.pack(77))
    _, connection = await asyncio.get_running_loop().create_unix_connection(
        WorkerConnection, sock=ours
    )
    await connection.greeted()

    def work() -> None:
        with theirs:
            assert receive_request(theirs) == REQUEST
            theirs.sendall(sent)

    worker = asyncio.create_task(asyncio.to_thread(work))
    try:
        return connection.worker, await connection.exchange(REQUEST, patience("answer"))
    finally:
        await worker
        connection.close()


def test_what_is_sent_is_received() -> None:
    assert asyncio.run(exchange(reply_frame(REPLY))) == (77, REPLY)


@pytest.mark.parametrize("sent", [0, 1, 7, 8, 20, 60, 1_000, 100_000])
def test_a_reply_that_is_cut_anywhere_is_no_reply(sent: int) -> None:
    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(exchange(reply_frame(REPLY)[:sent]))


@pytest.mark.parametrize("sent", [b"\xff" * 8, b"\0\0\0\x02\0\0\0\0{]"], ids=["length", "JSON"])
def test_what_is_no_frame_ends_the_line(sent: bytes) -> None:
    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(exchange(sent))


def test_a_request_that_is_cut_ends_the_worker() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(request_frame(REQUEST)[:-1])
        with pytest.raises(ConnectionError, match="gone"):
            receive_request(theirs)


def test_a_worker_that_is_stopped_is_given_up() -> None:
    async def wait() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            _, connection = await asyncio.get_running_loop().create_unix_connection(
                WorkerConnection, sock=ours
            )
            theirs.sendall(PID.pack(77))
            await connection.greeted()
            with pytest.raises(TimeoutError):
                await connection.exchange(REQUEST, 0.05)
            connection.close()

    asyncio.run(wait())


def test_who_is_gone_without_listening_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        ours.sendall(b"a death that nobody reads")
        theirs.close()
        line = Lines(ours)
        assert (line.receive(), line.closed) == ([], True)
