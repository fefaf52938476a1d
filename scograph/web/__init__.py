"""The web application: the SPARQL endpoint, the pages, the error pages."""
