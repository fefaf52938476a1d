"""What is raised for people to read."""

from __future__ import annotations


class GraphError(Exception):
    """Something is wrong that a person must mend; the message is one line for them."""
