"""Building a release from a graph folder: check, describe, canonicalise, hash, write."""
