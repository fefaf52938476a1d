"""The headers that every response has."""

from __future__ import annotations

from typing import Final

from scograph import __version__

# Any page may read any answer (CORS). Pages load nothing from another host, are shown in no frame,
# and tell no other host where the reader comes from: addresses hold queries. What is plain text
# stays so. All answers negotiate by the same three headers.
RESPONSE_HEADERS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After"),
    (
        "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'",
    ),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", f"scograph/{__version__}"),
    ("Vary", "Accept, Accept-Language, Accept-Encoding"),
)
PLAIN: Final = ("Content-Type", "text/plain; charset=utf-8")
