"""Why the graph holds a triple: evidence, proofs, and their forms as text, JSON and PROV."""
