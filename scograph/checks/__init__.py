"""The checks of a graph folder; each yields findings with file and line."""
