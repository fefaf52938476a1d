"""The pool in this process: who is asked, how often a line is used, and what a death means."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import pytest

from scograph.http.messages import Request, Response
from scograph.server import linux
from scograph.server.frames import PID, Failure, Reply, receive_request, reply_frame
from scograph.server.pool import Busy, Deaths, Died, Gone, Pool, Raised
from tests.patience import patience

WORD = Request("GET", "/sparql", "query=ASK{}", {})
LAST = Request("GET", "/last", "", {})
CUT = Request("GET", "/cut", "", {})
HELD = Request("GET", "/held", "", {})
RAISE = Request("GET", "/raise", "", {})


@dataclass
class Listener:
    """Stands in for a zygote: each connection has a worker of its own, a thread here."""

    listening: socket.socket
    address: str
    free: threading.Event = field(default_factory=threading.Event)
    cut: threading.Event = field(default_factory=threading.Event)
    workers: int = 0

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.workers += 1
            threading.Thread(target=self.work, args=(connection, self.workers)).start()

    def work(self, connection: socket.socket, number: int) -> None:
        with connection:
            connection.sendall(PID.pack(number))
            try:
                while (request := receive_request(connection)) != CUT:
                    if request == HELD:
                        self.free.wait(patience("answer"))
                    if self.cut.is_set():
                        return
                    body = f"{request.path} by {number}".encode()
                    reply = Reply(Response(200, [], body), last=request == LAST)
                    if request == RAISE:
                        reply = reply._replace(failure=Failure("KeyError", "Traceback: KeyError"))
                    connection.sendall(reply_frame(reply))
            except ConnectionError:
                pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener(*linux.listen())
    thread = threading.Thread(target=found.run)
    thread.start()
    yield found
    found.free.set()
    found.listening.shutdown(socket.SHUT_RDWR)
    found.listening.close()
    thread.join()


def with_pool(
    listener: Listener, size: int, what: Callable[[Pool], Awaitable[object]], deaths: Deaths,
    ended: list[tuple[int, str]] | None = None,
) -> object:  # fmt: skip
    def end(pid: int, cause: str) -> None:
        assert ended is not None
        ended.append((pid, cause))

    async def run() -> object:
        pool = Pool(listener.address, size, patience("answer"), deaths, end)
        try:
            return await what(pool)
        finally:
            listener.free.set()
            await pool.close(lambda: None)

    return asyncio.run(run())


def test_a_line_is_used_again_until_its_worker_ends(listener: Listener) -> None:
    async def ask(pool: Pool) -> list[bytes]:
        requests = (WORD, WORD, LAST, WORD)
        return [(await pool.ask(request, 0)).body for request in requests]

    found = with_pool(listener, 2, ask, Deaths())
    assert found == [b"/sparql by 1", b"/sparql by 1", b"/last by 1", b"/sparql by 2"]


def test_who_finds_no_worker_free_is_told_so(listener: Listener) -> None:
    async def ask(pool: Pool) -> bytes:
        held = asyncio.ensure_future(pool.ask(HELD, 0))
        while not listener.workers:
            await asyncio.sleep(0.001)
        with pytest.raises(Busy):
            await pool.ask(WORD, 0)
        with pytest.raises(Busy):
            await pool.ask(WORD, 0.02)
        waiting = asyncio.ensure_future(pool.ask(WORD, patience("answer")))
        await asyncio.sleep(0)
        listener.free.set()
        await held
        return (await waiting).body

    assert with_pool(listener, 1, ask, Deaths()) == b"/sparql by 1"


@pytest.mark.parametrize("cause", ["deadline", "memory", "crash", "killed"])
@pytest.mark.parametrize("before", [True, False], ids=["told before", "told after"])
def test_a_worker_that_dies_is_told_by_its_cause(
    listener: Listener, cause: str, before: bool
) -> None:
    deaths = Deaths()

    async def ask(pool: Pool) -> tuple[str, bytes]:
        if before:
            await pool.ask(WORD, 0)
            deaths.add(1, cause)
        dying = asyncio.ensure_future(pool.ask(CUT, 0))
        if not before:
            asyncio.get_running_loop().call_later(0.05, deaths.add, 1, cause)
        with pytest.raises(Died) as died:
            await dying
        return died.value.cause, (await pool.ask(WORD, 0)).body

    assert with_pool(listener, 1, ask, deaths) == (cause, b"/sparql by 2")
    assert deaths.counts == {cause: 1}


def test_the_death_of_an_earlier_process_of_that_number_is_not_meant(listener: Listener) -> None:
    deaths = Deaths()

    async def ask(pool: Pool) -> str:
        deaths.add(1, "deadline")
        dying = asyncio.ensure_future(pool.ask(CUT, 0))
        asyncio.get_running_loop().call_later(0.05, deaths.add, 1, "memory")
        with pytest.raises(Died) as died:
            await dying
        return died.value.cause

    assert with_pool(listener, 1, ask, deaths) == "memory"


def test_a_death_of_which_nobody_tells_is_no_crash(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scograph.server.pool._REPORT_TIMEOUT", 0.1)

    async def ask(pool: Pool) -> str:
        with pytest.raises(Died) as died:
            await pool.ask(CUT, 0)
        return died.value.cause

    ended: list[tuple[int, str]] = []
    assert with_pool(listener, 1, ask, Deaths(), ended) == "unknown"
    # It may be alive, but nobody waits for it any more.
    assert ended == [(1, "unknown")]


def test_a_worker_that_does_not_answer_is_given_up_and_ended(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scograph.server.pool._GRACE", -patience("answer") + 0.1)

    async def ask(pool: Pool) -> str:
        with pytest.raises(Died) as died:
            await pool.ask(HELD, 0)
        return died.value.cause

    ended: list[tuple[int, str]] = []
    assert with_pool(listener, 1, ask, Deaths(), ended) == "stopped"
    assert ended == [(1, "stopped")]


@pytest.mark.parametrize("before", [True, False], ids=["told before", "told after"])
def test_a_zygote_that_ends_takes_nobody_for_a_crash(listener: Listener, before: bool) -> None:
    """Whoever is being asked, waits for a place, or comes later hears that all are gone."""

    async def ask(pool: Pool) -> list[object]:
        dying = asyncio.ensure_future(pool.ask(HELD, 0))
        while not listener.workers:
            await asyncio.sleep(0.001)
        waiting = asyncio.ensure_future(pool.ask(WORD, patience("answer")))
        await asyncio.sleep(0)
        if before:
            pool.lose()
        listener.cut.set()
        listener.free.set()
        if not before:
            asyncio.get_running_loop().call_later(0.05, pool.lose)
        found = await asyncio.gather(dying, waiting, return_exceptions=True)
        with pytest.raises(Gone):
            await pool.ask(WORD, 0)
        return [type(item) for item in found]

    deaths = Deaths()
    assert with_pool(listener, 1, ask, deaths) == [Gone, Gone]
    assert deaths.counts == {}


def test_an_exception_in_a_worker_is_an_answer_and_counted(
    listener: Listener, capfd: pytest.CaptureFixture[str]
) -> None:
    deaths = Deaths()

    async def ask(pool: Pool) -> list[bytes]:
        for _ in range(2):
            with pytest.raises(Raised, match=r"^KeyError$"):
                await pool.ask(RAISE, 0)
        return [(await pool.ask(WORD, 0)).body]

    # The worker that has raised is asked again.
    assert with_pool(listener, 1, ask, deaths) == [b"/sparql by 1"]
    assert (deaths.exceptions, deaths.counts) == ({"KeyError": 2}, {})
    # So many tracebacks as somebody may cause are not shown.
    told = "scograph: a worker answered by an exception\nTraceback: KeyError\n"
    assert capfd.readouterr().err == told


def test_where_nobody_listens_any_more_somebody_else_is_to_be_asked() -> None:
    async def ask() -> None:
        pool = Pool("scograph-nobody-listens-here", 1, patience("answer"), Deaths())
        with pytest.raises(Gone):
            await pool.ask(WORD, 0)

    asyncio.run(ask())


def test_without_a_file_descriptor_all_are_busy(listener: Listener) -> None:
    async def ask() -> None:
        free = os.dup(0)
        os.close(free)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            with pytest.raises(Busy):
                await Pool(listener.address, 1, patience("answer"), Deaths()).ask(WORD, 0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    asyncio.run(ask())


def test_where_nobody_accepts_in_time_all_are_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scograph.server.pool._GRACE", 0.0)
    listening, address = linux.listen()

    async def ask() -> None:
        with pytest.raises(Busy):
            await Pool(address, 1, 0.05, Deaths()).ask(WORD, 0)

    with listening:
        asyncio.run(ask())


def test_a_pool_is_closed_when_nothing_is_being_answered(listener: Listener) -> None:
    async def close() -> list[str]:
        pool = Pool(listener.address, 2, patience("answer"), Deaths())
        told: list[str] = []
        await pool.ask(WORD, 0)
        held = asyncio.ensure_future(pool.ask(HELD, 0))
        await asyncio.sleep(0.01)
        closing = asyncio.ensure_future(pool.close(lambda: told.append("closed")))
        await asyncio.sleep(0.01)
        told.append("still answering")
        listener.free.set()
        await held
        await closing
        return told

    assert asyncio.run(close()) == ["still answering", "closed"]
