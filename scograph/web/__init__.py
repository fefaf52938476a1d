"""The web application: the endpoint, the pages, and what they say where a request fails."""
