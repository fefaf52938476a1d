"""Parts of a file: range requests (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import replace

from scograph.http import errors
from scograph.http.messages import FilePart, Response

_UNIT = re.compile(r"bytes=", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(r"[ \t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \t]*", re.ASCII)
_LONGEST = 200


def part_of(response: Response, asked: str, if_range: str) -> Response:
    """Return the part of *response* that is *asked* for, or all of it.

    *asked* and *if_range* are the headers Range and If-Range, empty where there are none. What
    cannot be understood is ignored, and so are several ranges (section 14.2), and a part of what
    the client has of another version (section 13.1.5).

    Raises:
        HTTPException: 416, the file is shorter.

    """
    if response.status != 200 or response.header("accept-ranges") != "bytes":
        return response
    if if_range and if_range != response.header("etag"):
        return response
    size = response.size
    ranges = _ranges(asked, size)
    if ranges is None:
        return response
    within = [found for found in ranges if found[0] < found[1]]
    if not within:
        raise errors.range_not_satisfiable(size)
    if len(ranges) > 1:
        return response
    first, end = within[0]
    headers = [item for item in response.headers if item[0].lower() != "content-length"]
    headers += [("Content-Length", str(end - first)),
                ("Content-Range", f"bytes {first}-{end - 1}/{size}")]  # fmt: skip
    if response.file is not None:
        whole = response.file
        return Response(206, headers, b"", FilePart(whole.source, whole.start + first, end - first))
    return replace(response, status=206, headers=headers, body=response.body[first:end])


def _ranges(asked: str, size: int) -> list[tuple[int, int]] | None:
    """Return first and end of each range, equal if it is beyond *size*; None if one is wrong."""
    unit = _UNIT.match(asked)
    if unit is None or len(asked) > _LONGEST:
        return None
    found = []
    for text in asked[unit.end() :].split(","):
        match = _RANGE.fullmatch(text)
        if match is None:
            return None
        first, last, suffix = match.groups()
        if suffix is not None:
            found.append((max(0, size - int(suffix)), size) if int(suffix) else (size, size))
            continue
        if last and int(last) < int(first):
            return None
        end = min(size, int(last) + 1) if last else size
        found.append((min(int(first), end), end))
    return found
