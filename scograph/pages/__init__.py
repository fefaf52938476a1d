"""Linked-data pages: a page, or data, for every IRI of the dataset."""

from __future__ import annotations

from flask import Blueprint

from scograph.engine import Engine
from scograph.pages.browsing import add_browsing
from scograph.pages.explaining import add_explaining
from scograph.pages.layout import keeping
from scograph.pages.ontology import add_ontology
from scograph.pages.queries import add_queries
from scograph.pages.rules import add_rules
from scograph.pages.things import add_things


def pages_blueprint(engine: Engine) -> Blueprint:
    """Return the routes of all pages over *engine*."""
    blueprint = Blueprint("pages", __name__)
    blueprint.add_app_template_filter(keeping)
    add_browsing(blueprint, engine)
    add_things(blueprint, engine)
    add_ontology(blueprint, engine)
    add_queries(blueprint, engine)
    add_explaining(blueprint, engine)
    add_rules(blueprint, engine)
    return blueprint
