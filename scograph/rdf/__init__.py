"""RDF basics: terms, prefixed names, serialisers, findings, and the bridge to rdflib."""
