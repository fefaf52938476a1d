"""The rules of OWL 2 RL/RDF as files, run forward to reason and backward to prove."""
