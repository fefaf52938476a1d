"""SHACL: what sound data and a well-kept ontology look like, validated by pySHACL."""
