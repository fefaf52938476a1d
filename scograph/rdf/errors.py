"""The exception whose message is shown to the user."""

from __future__ import annotations


class GraphError(Exception):
    """A problem that the user has to correct; the message is one line that says what it is."""
