"""The headers that every response has."""

from __future__ import annotations

from typing import Final

from scograph import __version__

# Any page may read any answer (CORS). Pages load nothing from another host, and what is plain
# text stays so. All answers negotiate by the same three headers.
RESPONSE_HEADERS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, Warning"),
    ("Content-Security-Policy", "default-src 'self'; form-action 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", f"scograph/{__version__}"),
    ("Vary", "Accept, Accept-Language, Accept-Encoding"),
)
PLAIN: Final = ("Content-Type", "text/plain; charset=utf-8")

_LONGEST_WARNING = 300


def warning_header(sentence: str) -> tuple[str, str]:
    """Return the header that says *sentence* of an answer that stands (RFC 7234, section 5.5.7).

    RFC 9111 has made the header obsolete for caches, and named no other for such remarks.
    """
    plain = sentence.encode("ascii", "backslashreplace").decode()[:_LONGEST_WARNING]
    quoted = "".join(f"\\{sign}" if sign in '"\\' else sign for sign in plain if sign >= " ")
    return "Warning", f'299 scograph "{quoted}"'
