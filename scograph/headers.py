"""What every answer over HTTP says of itself."""

from __future__ import annotations

from typing import Final

from scograph import __version__

# Any page may read any answer (CORS). Pages load nothing from another host (promise 6);
# what is plain text stays so. All negotiate by the same two headers.
RESPONSE_HEADERS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After"),
    ("Content-Security-Policy", "default-src 'self'; form-action 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", f"scograph/{__version__}"),
    ("Vary", "Accept, Accept-Language, Accept-Encoding"),
)
PLAIN: Final = ("Content-Type", "text/plain; charset=utf-8")
# What a worker's environment has, and no other: a failure that a page is to be made of, or None.
FAILURE: Final = "scograph.failure"
