"""The pool in this process: who is asked, how often a line is used, and what a death means."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import pytest

from scograph.http.messages import Request, Response
from scograph.server import linux
from scograph.server.frames import PID, Reply, receive_request, reply_frame
from scograph.server.pool import Busy, Deaths, Died, Pool
from tests.patience import patience

WORD = Request("GET", "/sparql", "query=ASK{}", {})
LAST = Request("GET", "/last", "", {})
CUT = Request("GET", "/cut", "", {})
HELD = Request("GET", "/held", "", {})


@dataclass
class Listener:
    """Stands in for a zygote: each connection has a worker of its own, a thread here."""

    listening: socket.socket
    address: str
    free: threading.Event = field(default_factory=threading.Event)
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
                    body = f"{request.path} by {number}".encode()
                    reply = Reply(Response(200, [], body), last=request == LAST)
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
    listener: Listener, size: int, what: Callable[[Pool], Awaitable[object]], deaths: Deaths
) -> object:
    async def run() -> object:
        pool = Pool(listener.address, size, patience("answer"), deaths)
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
            deaths.add(1, cause)
        dying = asyncio.ensure_future(pool.ask(CUT, 0))
        if not before:
            asyncio.get_running_loop().call_later(0.05, deaths.add, 1, cause)
        with pytest.raises(Died) as died:
            await dying
        return died.value.cause, (await pool.ask(WORD, 0)).body

    assert with_pool(listener, 1, ask, deaths) == (cause, b"/sparql by 2")
    assert deaths.counts == {cause: 1}


def test_a_death_of_which_nobody_tells_is_a_crash(listener: Listener) -> None:
    async def ask(pool: Pool) -> str:
        with pytest.raises(Died) as died:
            await pool.ask(CUT, 0)
        return died.value.cause

    assert with_pool(listener, 1, ask, Deaths()) == "crash"


def test_where_nobody_listens_any_more_somebody_else_is_to_be_asked() -> None:
    async def ask() -> str:
        pool = Pool("scograph-nobody-listens-here", 1, patience("answer"), Deaths())
        with pytest.raises(Died) as died:
            await pool.ask(WORD, 0)
        return died.value.cause

    assert asyncio.run(ask()) == "killed"


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
