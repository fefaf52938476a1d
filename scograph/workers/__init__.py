"""Queries run here: in processes that are expendable, and are killed rather than trusted.

A keeper starts before the web server and holds nothing. It forks a zygote for a release,
which loads it and forks workers that share its memory; each answers one request at a
time. All of them are single-threaded when they fork.
"""
