"""Turning checked data into an immutable artefact: described, canonical, hashed."""
