"""The rules of OWL 2 RL/RDF as files, for forward chaining and for proofs."""
