"""Linked-data pages: a page, or data, for every IRI of the dataset."""

from __future__ import annotations

from flask import Blueprint

from scograph.explanations.explainer import Explainer
from scograph.sparql.engine import Engine
from scograph.web.pages.addressed import Addressed
from scograph.web.pages.browsing import add_browsing
from scograph.web.pages.explanation import add_explanation
from scograph.web.pages.ontology import add_ontology
from scograph.web.pages.queries import add_queries
from scograph.web.pages.rules import add_rules
from scograph.web.pages.things import add_things


def pages_blueprint(engine: Engine, explainer: Explainer) -> Blueprint:
    """Return the routes of all pages over *engine*, with what *explainer* explains."""
    blueprint = Blueprint("pages", __name__)
    addressed = Addressed(engine.release)
    add_browsing(blueprint, engine)
    add_things(blueprint, engine, addressed)
    add_ontology(blueprint, engine, addressed)
    add_queries(blueprint, engine, addressed)
    add_explanation(blueprint, engine, explainer)
    add_rules(blueprint, engine, explainer, addressed)
    return blueprint
