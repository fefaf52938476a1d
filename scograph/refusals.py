"""What is refused before a query is looked at, and how a worker's end is told: a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.http import HTTP_STATUS_CODES

from scograph.cache import Answer
from scograph.headers import PLAIN, RESPONSE_HEADERS
from scograph.settings import Settings
from scograph.workers.wire import Request

if TYPE_CHECKING:
    from granian.rsgi import Headers

_AFTER = 5


class Refusal(Exception):  # noqa: N818 - what it is
    """A request that is not answered: the status, a sentence for people, further headers."""

    def __init__(self, status: int, sentence: str, retry: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = [("Retry-After", str(retry))] if retry else []

    def plain(self) -> Answer:
        """Return the answer as plain text."""
        text = f"{self.status} {HTTP_STATUS_CODES[self.status]}: {self.sentence}\n".encode()
        head = [PLAIN, ("Content-Length", str(len(text))), *RESPONSE_HEADERS, *self.headers]
        return Answer(self.status, head, text)


def refuse_head(request: Request, headers: Headers, settings: Settings) -> None:
    """Refuse what the head of a request alone shows to be too large or unreadable.

    Raises:
        Refusal: 413, 414 or 415, with the limit in the sentence.

    """
    limit = settings.url_size * 1000
    if len(request.query) + len(request.path) > limit:
        raise Refusal(
            414, f"The longest address that is read here has {limit:,} characters: post the query."
        )
    declared = headers.get("content-length") or ""
    if declared.isdecimal() and int(declared) > settings.query_size * 1000:
        raise too_large(settings)
    encoding = headers.get("content-encoding") or "identity"
    if encoding.lower() != "identity":
        raise Refusal(415, f"A request is read as it is, not in the encoding {encoding[:40]}.")


def too_large(settings: Settings) -> Refusal:
    """413: the body of the request is longer than one may be."""
    limit = settings.query_size * 1000
    return Refusal(413, f"The longest request that is read here has {limit:,} bytes.")


def overloaded() -> Refusal:
    """503: all workers are busy with others."""
    return Refusal(503, "All workers are busy with other queries: ask again in a moment.", _AFTER)


def too_many(settings: Settings) -> Refusal:
    """429: this client has as many queries running as it may."""
    count = settings.per_client
    return Refusal(
        429,
        f"You have {count} {'query' if count == 1 else 'queries'} running, "
        "as many as one client may: "
        "wait for one of them to end.",
        _AFTER,
    )


def worker_died(cause: str, settings: Settings) -> Refusal:
    """Return what the end of a worker means to the client whose query it ran."""
    if cause == "deadline":
        return Refusal(
            504,
            f"The query ran for {settings.deadline:g} s, as long as one may: "
            "ask for less, or add patterns that connect its parts.",
        )
    if cause == "memory":
        return Refusal(
            500,
            f"The query needed more than {settings.memory:,} MB of memory, the most that one may: "
            "ask for less, or sort and group fewer rows.",
        )
    if cause == "crash":
        return Refusal(
            500,
            "The query ended the process that ran it. Where it sorts values of several types, "
            "ORDER BY STR(?x) is the cure.",
        )
    return Refusal(503, "The process that ran the query was stopped: ask again.", _AFTER)
