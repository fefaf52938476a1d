"""Recording: the skeleton of a new source's record, and what of the sources is recorded."""
