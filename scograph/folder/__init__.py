"""Reading a graph folder into quads, with positions."""
