"""scograph: a knowledge graph of regional diplomacy whose claims name their sentences."""

__version__ = "0.1.0"
