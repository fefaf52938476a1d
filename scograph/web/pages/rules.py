"""``/rules/``: the rules by which the release was made, as pages and as data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode, Triple
from werkzeug.wrappers import Response as BaseResponse

from scograph.explanations.addresses import address_of
from scograph.explanations.explainer import Explainer
from scograph.http import errors
from scograph.rdf.namespaces import DCTERMS, PROV, SH
from scograph.rdf.vocabulary import COMMENT, LABEL, TYPE
from scograph.reasoning.rules.files import Rule
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, Format, by_name, negotiate
from scograph.web.pages.addressed import Addressed
from scograph.web.pages.layout import page
from scograph.web.pages.things import see_thing_or

PROFILES = (
    "https://www.w3.org/TR/owl2-profiles/"
    "#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)  # fmt: skip
_TABLE = re.compile(r"OWL 2 RL/RDF, table (\d)\b")
_TABLES = "456789"


def add_rules(
    blueprint: Blueprint, engine: Engine, explainer: Explainer, addressed: Addressed
) -> None:
    """Add the routes of the rules to *blueprint*."""

    @blueprint.get("/rules/")
    def rules() -> Response:
        chosen = _chosen()
        if chosen is not None:
            return _data(engine, explainer.rules, chosen)
        return page("rules.html", engine, groups=_groups(explainer.rules), source=PROFILES)

    @blueprint.get("/rules/<name>")
    def rule(name: str) -> BaseResponse:
        rules = {item.name: item for item in explainer.rules}
        stem, dot, suffix = ("", "", "") if name in rules else name.rpartition(".")
        found = rules.get(stem if dot else name)
        written = by_name(suffix, GRAPHS)
        if found is None or (dot and written is None):
            return see_thing_or(engine, addressed, errors.not_found(f"the rule {name}"))
        chosen = written if dot else _chosen()
        response = _page(engine, found) if chosen is None else _data(engine, [found], chosen)
        iri = f"{engine.release.base}rules/{found.name}"
        response.headers["Link"] = f'<{address_of(iri)}>; rel="cite-as"'
        return response


def _chosen() -> Format | None:
    chosen = negotiate(request.headers.get("Accept"), GRAPHS, html=True)
    if chosen is None:
        raise errors.not_acceptable((item.media_type for item in GRAPHS), html=True)
    return chosen if isinstance(chosen, Format) else None


def _groups(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return the rules by the key of their heading: the folder's own first, then by table."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        table = _table(rule)
        found[f"rules_table_{table}" if table else "rules_own"].append(rule)
    names = ["rules_own", *(f"rules_table_{number}" for number in _TABLES)]
    return {name: found[name] for name in names if name in found}


def _table(rule: Rule) -> str:
    """Return the number of the table of OWL 2 RL/RDF that *rule* is of, empty for another."""
    found = _TABLE.match(rule.origin)
    return found.group(1) if found and found.group(1) in _TABLES else ""


def _page(engine: Engine, rule: Rule) -> Response:
    source = PROFILES if _table(rule) else None
    formats = [item.name for item in GRAPHS]
    iri = f"{engine.release.base}rules/{rule.name}"
    return page("rule.html", engine, rule=rule, source=source, formats=formats, iri=iri)


def _data(engine: Engine, rules: Iterable[Rule], chosen: Format) -> Response:
    triples = [triple for rule in rules for triple in _triples(engine.release.base, rule)]
    content = engine.write(triples, chosen).content
    return Response(content, content_type=chosen.content_type)


def _triples(base: str, rule: Rule) -> Iterator[Triple]:
    node = NamedNode(f"{base}rules/{rule.name}")
    yield Triple(node, NamedNode(TYPE), NamedNode(SH + "SPARQLRule"))
    yield Triple(node, NamedNode(TYPE), NamedNode(PROV + "Plan"))
    yield Triple(node, NamedNode(LABEL), Literal(rule.name))
    for language, sentence in rule.sentences.items():
        yield Triple(node, NamedNode(COMMENT), Literal(sentence, language=language))
    yield Triple(node, NamedNode(SH + "construct"), Literal(rule.text))
    if _table(rule):
        yield Triple(node, NamedNode(DCTERMS + "source"), NamedNode(PROFILES))
