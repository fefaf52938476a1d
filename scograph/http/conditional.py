"""Conditional requests: what the client has already is not sent again (RFC 9110, section 13)."""

from __future__ import annotations

from werkzeug.http import parse_etags, unquote_etag

from scograph.http import errors
from scograph.http.messages import Response

_LEFT_OUT = ("content-length", "content-type", "content-encoding", "accept-ranges")


def unless_known(response: Response, if_none_match: str) -> Response:
    """Return *response*, or 304 without a body where *if_none_match* names it.

    *if_none_match* is the header of a GET or HEAD, as no other method selects a representation
    here; tags are compared weakly (section 13.1.2).
    """
    if not if_none_match or response.status != 200:
        return response
    tag, _ = unquote_etag(response.header("etag"))
    if tag is None or not parse_etags(if_none_match).contains_weak(tag):
        return response
    headers = [item for item in response.headers if item[0].lower() not in _LEFT_OUT]
    return Response(304, headers, b"")


def only_if(response: Response, if_match: str) -> Response:
    """Return *response* if *if_match*, a header of a GET or HEAD, is empty or names it.

    Raises:
        HTTPException: 412, it is another version; tags are compared strongly (section 13.1.1).

    """
    if not if_match or response.status != 200:
        return response
    tag, is_weak = unquote_etag(response.header("etag"))
    if tag is None or is_weak or not parse_etags(if_match).contains(tag):
        raise errors.another_version()
    return response
