"""What lies below everything: terms, prefixed names, writers, findings, the bridge to rdflib."""
