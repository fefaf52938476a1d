"""SHACL validation, by pySHACL, of the ontology, the data and the closure."""
