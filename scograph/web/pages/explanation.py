"""``/explain``: why the graph holds a triple, as a page, as JSON, or as PROV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from pyoxigraph import QueryResultsFormat

from scograph.explanations.addresses import LONGEST
from scograph.explanations.as_prov import explanation_iri
from scograph.explanations.explained import ExplainedTriple, explain
from scograph.explanations.explainer import Explainer
from scograph.explanations.resolve import AmbiguousError, NotHeldError, UnknownNameError
from scograph.http import errors
from scograph.rdf.errors import GraphError
from scograph.rdf.terms import Fact
from scograph.rdf.vocabulary import graph_iri
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, Format, by_name, negotiate
from scograph.sparql.select import select
from scograph.web.pages.explanation_parts import Statement, reason_of, statements
from scograph.web.pages.layout import language, page

# The explanation's own JSON; its writer is `ExplainedTriple.json`.
_JSON = Format("json", "application/json", QueryResultsFormat.JSON)
_OFFERED = (_JSON, *GRAPHS)
# A tree of plain text, by its name alone: `text/plain` asks for N-Triples.
_TEXT = Format("text", "text/plain", QueryResultsFormat.TSV, charset=True)
_PARTS = ("s", "p", "o")


@dataclass(frozen=True)
class Example:
    """An example of a triple to explain; ``word`` is the key of its kind in `words`."""

    word: str
    statement: Statement


def add_explanation(blueprint: Blueprint, engine: Engine, explainer: Explainer) -> None:
    """Add the route of explanations to *blueprint*."""

    @blueprint.get("/explain")
    def explanation() -> Response:
        asked = _asked()
        chosen = _chosen()
        if chosen is None and not any(asked.values()):
            return _show(engine, asked, examples=_examples(engine))
        missing = [name for name in _PARTS if not asked[name]]
        if missing:
            return _incomplete(engine, asked, missing, chosen)
        try:
            found = explain(engine, explainer, asked["s"], asked["p"], asked["o"])
        except (AmbiguousError, NotHeldError, UnknownNameError) as error:
            return _failed(engine, asked, error, chosen)
        return _page(engine, asked, found) if chosen is None else _data(engine, found, chosen)


def _asked() -> dict[str, str]:
    """Return the three parts as they were given, empty where one is blank or left out."""
    for name in (*_PARTS, "format"):
        if len(request.args.getlist(name)) > 1:
            raise errors.bad_request(f"There is more than one `{name}` in the request.")
    given = {name: request.args.get(name, "") for name in _PARTS}
    return {name: value if value.strip() else "" for name, value in given.items()}


def _chosen() -> Format | None:
    """Return the format that is asked for, None for a page."""
    name = request.args.get("format")
    if name is not None:
        found = by_name(name, (*_OFFERED, _TEXT))
        if found is None:
            names = ", ".join(item.name for item in (*_OFFERED, _TEXT))
            raise errors.bad_request(f"There is no format {name!r}; there are {names}.")
        return found
    chosen = negotiate(request.headers.get("Accept"), _OFFERED, html=True)
    if chosen is None:
        raise errors.not_acceptable((item.media_type for item in _OFFERED), html=True)
    return chosen if isinstance(chosen, Format) else None


def _incomplete(
    engine: Engine, asked: dict[str, str], missing: list[str], chosen: Format | None
) -> Response:
    if chosen is not None:
        names = ", ".join(f"`{name}`" for name in missing)
        raise errors.bad_request(
            f"The request has no {names}: give subject, property and value as `s`, `p` and `o`."
        )
    return _show(engine, asked, problem="not_whole", status=400)


def _failed(
    engine: Engine, asked: dict[str, str], error: GraphError, chosen: Format | None
) -> Response:
    """Answer if the parts name no triple or several, with the triples that are there instead."""
    several = isinstance(error, AmbiguousError)
    if chosen is not None:
        sentence = f"{str(error)[0].upper()}{str(error)[1:]}."
        raise errors.bad_request(sentence) if several else errors.not_held(sentence)
    if isinstance(error, AmbiguousError):
        return _show(engine, asked, problem="several", choices=error.facts, status=400)
    if isinstance(error, NotHeldError):
        return _show(engine, asked, problem="not_held", choices=error.instead, status=404)
    unknown = error.name if isinstance(error, UnknownNameError) else ""
    return _show(engine, asked, problem="unknown_name", unknown=unknown, status=404)


def _page(engine: Engine, asked: dict[str, str], found: ExplainedTriple) -> Response:
    iri = explanation_iri(engine.release.base, found.explanation.fact)
    own = [(name, asked[name]) for name in _PARTS]
    links = [(item.name, "?" + urlencode([*own, ("format", item.name)])) for item in _OFFERED]
    reason = reason_of(engine, found.explanation, language())
    response = _show(engine, asked, reason=reason, formats=links, iri=iri)
    _link(response, iri)
    return response


def _data(engine: Engine, found: ExplainedTriple, chosen: Format) -> Response:
    if chosen is _JSON:
        content = found.json().encode()
    elif chosen is _TEXT:
        content = found.text().encode()
    else:
        content = engine.write(found.triples(), chosen, found.prefixes()).content
    response = Response(content, content_type=chosen.content_type)
    iri = explanation_iri(engine.release.base, found.explanation.fact)
    _link(response, iri)
    return response


def _link(response: Response, iri: str) -> None:
    """Say in the head what the answer is called, unless that is too long for a header."""
    if len(iri) <= LONGEST:
        response.headers["Link"] = f'<{iri}>; rel="canonical", <{iri}>; rel="cite-as"'


def _show(
    engine: Engine,
    asked: dict[str, str],
    *,
    problem: str = "",
    unknown: str = "",
    choices: Sequence[Fact] = (),
    status: int = 200,
    **answer: Any,
) -> Response:
    """Show the form with what was *asked*, and the answer, the problem, or neither.

    *choices* are triples to ask about instead; *unknown* is the name that nothing has.
    """
    response = page(
        "explain.html",
        engine,
        asked=asked,
        problem=problem,
        unknown=unknown,
        choices=statements(engine, choices, language()),
        **{"reason": None, "examples": [], "formats": [], "iri": "", **answer},
    )
    response.status_code = status
    return response


def _examples(engine: Engine) -> list[Example]:
    """Return one triple of each kind that the release has: who says so, or a rule."""
    inferred = graph_iri(engine.release.base, "inferred")
    kinds = {
        "by_rule": f"GRAPH <{inferred}> {{ ?s ?p ?o }} FILTER (?p != rdfs:label)",
        "by_curator": "?g a sco:Inference . GRAPH ?g { ?s ?p ?o }",
        "by_source": "?g a sco:Passage . GRAPH ?g { ?s ?p ?o }",
        "by_dispute": "?dispute sco:version ?g , ?h . GRAPH ?g { ?s ?p ?o } "
        "GRAPH ?h { ?s ?p ?other } FILTER (?o != ?other)",
    }
    found = {word: _first(engine, pattern) for word, pattern in kinds.items()}
    facts = {word: fact for word, fact in found.items() if fact is not None}
    shown = statements(engine, list(facts.values()), language())
    return [Example(word, item) for word, item in zip(facts, shown, strict=True)]


def _first(engine: Engine, pattern: str) -> Fact | None:
    """Return a triple of a thing that *pattern* finds: rather a link between what has names."""
    things = f"{engine.release.base}id/"
    rows = select(
        engine,
        f"SELECT ?s ?p ?o WHERE {{ {pattern} "
        f'FILTER (!isBlank(?o) && STRSTARTS(STR(?s), "{things}")) '
        "BIND (EXISTS { ?s skos:prefLabel ?name } && EXISTS { ?o rdfs:label ?label } AS ?named) "
        "} ORDER BY DESC(?named) (?p = rdf:type) ?s ?p ?o LIMIT 1",
    )
    parts = [(row["s"], row["p"], row["o"]) for row in rows]
    return Fact(*parts[0]) if parts else None  # type: ignore[arg-type]
