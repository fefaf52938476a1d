"""Everything that can be wrong with a graph folder, as findings with file and line."""
