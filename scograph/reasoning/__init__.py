"""Reasoning: rules of OWL 2 RL/RDF and a folder's own, run forward to infer, backward to prove."""
