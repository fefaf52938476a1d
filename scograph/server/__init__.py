"""The server: a front end on one event loop, and workers that are killed rather than trusted.

A supervisor starts beside the web server and holds nothing. It forks a zygote for a release,
which loads it and forks workers that share its memory; each answers one request at a time.
All of them are single-threaded when they fork.
"""
