"""SPARQL: a release opened read-only, the engine over it, its limits, formats and answers."""
