"""The headers that every response has."""

from __future__ import annotations

from typing import Final

from scograph import __version__

# Any page may read any answer (CORS). Pages load nothing from another host, and what is plain
# text stays so. All answers negotiate by the same three headers.
RESPONSE_HEADERS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After"),
    ("Content-Security-Policy", "default-src 'self'; form-action 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", f"scograph/{__version__}"),
    ("Vary", "Accept, Accept-Language, Accept-Encoding"),
)
PLAIN: Final = ("Content-Type", "text/plain; charset=utf-8")
