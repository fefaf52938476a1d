"""The exceptions whose message is shown to the user."""

from __future__ import annotations


class GraphError(Exception):
    """A problem that the user has to correct; the message is one line that says what it is."""


class FormatError(GraphError):
    """A graph that a format cannot carry; the message says what it has no way to write."""
