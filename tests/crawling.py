"""Following the links of the pages: all of them, or some of each kind."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.test import Client

from tests.serving import BROWSER, read_page

# What an address is: the route, the kind of thing or the format that it names, its parameters.
Kind = tuple[str, ...]


def kind_of(app: Flask, address: str) -> Kind:
    parts = urlsplit(address)
    asked = parse_qs(parts.query, keep_blank_values=True)
    try:
        route, values = app.url_map.bind("localhost").match(parts.path)
    except NotFound:
        return ("files" if parts.path.startswith("/download/") else "nowhere",)
    name, suffix = values.get("name", ""), values.get("suffix", "")
    first, *rest = name.split("/")
    thing = first + "/..." * len(rest[1:]) if rest else ""
    # Explanations are most of the pages, and differ by the property that is explained.
    return (route, thing, suffix or name.rpartition(".")[2] * ("." in name), *sorted(asked),
            *asked.get("p", []))  # fmt: skip


@dataclass
class Crawl:
    """A walk over the pages of *app*, to *most* addresses of each kind, or to all."""

    app: Flask
    client: Client
    most: int | None
    dice: random.Random
    # The path below which the pages are.
    root: str = ""
    answers: dict[str, int] = field(default_factory=dict)
    kinds: Counter[Kind] = field(default_factory=Counter)

    def follow(self, start: Iterable[str]) -> None:
        """Visit what is in *start* and whatever is linked from there on."""
        seen: set[str] = set()
        ahead: dict[Kind, list[str]] = defaultdict(list)
        found = list(start)
        while True:
            for address in found:
                if address not in seen:
                    seen.add(address)
                    ahead[kind_of(self.app, address.removeprefix(self.root))].append(address)
            ready = [kind for kind in ahead if ahead[kind] and self._wants(kind)]
            if not ready:
                return
            kind = self.dice.choice(ready)
            address = ahead[kind].pop(self.dice.randrange(len(ahead[kind])))
            self.kinds[kind] += 1
            answer = self.client.get(address, headers={"Accept": BROWSER}, buffered=True)
            self.answers[address] = answer.status_code
            found = [answer.location] if answer.status_code == 303 else []
            if answer.mimetype == "text/html" and answer.status_code == 200:
                links = [link.href.split("#")[0] for link in read_page(answer.text).every("a")]
                found = [href for href in links if href.startswith("/")]

    def _wants(self, kind: Kind) -> bool:
        return self.most is None or self.kinds[kind] < self.most
