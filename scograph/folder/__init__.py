"""Reading a graph folder: its RDF files, saved queries and rules; the lines of its triples."""
