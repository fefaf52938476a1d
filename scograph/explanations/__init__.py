"""Explanations as text, JSON and PROV, and triples as people name them."""
