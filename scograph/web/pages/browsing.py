"""The start page, search by name, lists by kind, the downloads."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from pyoxigraph import Literal, NamedNode

from scograph.explanations.citations import Link
from scograph.http import errors
from scograph.rdf.namespaces import SCO
from scograph.rdf.terms import text_of
from scograph.rdf.vocabulary import graph_iri
from scograph.sparql.engine import Engine
from scograph.sparql.formats import GRAPHS, Format, negotiate
from scograph.sparql.select import select, values
from scograph.web.pages.layout import language, page
from scograph.web.pages.queries import saved_queries
from scograph.web.pages.thing_facts import Reader
from scograph.web.pages.things import graph_response

# Kinds of thing that the start page counts and lists, in this order.
_KINDS = (
    *("event", "person", "agreement", "organisation"),
    *("region", "state", "settlement", "source", "dispute"),
)
_LIMIT = 100


def add_browsing(blueprint: Blueprint, engine: Engine) -> None:
    """Add the start page, search, lists and downloads to *blueprint*."""
    base = engine.release.base
    release = NamedNode(graph_iri(base, "release"))

    @blueprint.get("/")
    def home() -> Response:
        return page("home.html", engine, lists=_lists(engine), queries=saved_queries(engine),
                    dataset=_dataset(engine))  # fmt: skip

    @blueprint.get("/search")
    def search() -> Response:
        words = request.args.get("q", "").strip()
        return page("search.html", engine, q=words, found=_search(engine, words) if words else [])

    @blueprint.get("/download/")
    def downloads() -> Response:
        return page("download.html", engine)

    @blueprint.get("/.well-known/void")
    @blueprint.get("/dataset")
    def void() -> Response:
        chosen = negotiate(request.headers.get("Accept"), GRAPHS, html=True)
        if chosen is None:
            raise errors.not_acceptable(item.media_type for item in GRAPHS)
        return graph_response(engine, release, chosen if isinstance(chosen, Format) else GRAPHS[0])

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        closed = ("/sparql", "/search", "/explain", "/data/", "/data?")
        root = current_app.jinja_env.globals["root"]
        text = "".join(["User-agent: *\n", *(f"Disallow: {root}{path}\n" for path in closed)])
        return Response(text, content_type="text/plain; charset=utf-8")


def _lists(engine: Engine) -> dict[str, list[Link]]:
    base = engine.release.base
    reader = Reader(engine, language())
    rows = select(
        engine,
        "SELECT DISTINCT ?x WHERE { { ?x skos:prefLabel ?l } UNION { ?x a sco:Source } "
        f'FILTER (STRSTARTS(STR(?x), "{base}id/")) FILTER NOT EXISTS {{ ?x skos:inScheme ?s }} '
        f"FILTER NOT EXISTS {{ ?x a <{SCO}Session> }} }}",
    )
    reader.learn(row["x"] for row in rows)
    lists: dict[str, list[Link]] = {kind: [] for kind in _KINDS}
    for row in rows:
        kind = text_of(row["x"]).removeprefix(base + "id/").split("/")[0]
        if kind in lists:
            lists[kind].append(reader.link(row["x"]))
    return {
        kind: sorted(links, key=lambda link: link.text) for kind, links in lists.items() if links
    }


def _dataset(engine: Engine) -> dict[str, str]:
    """Return title, description and corrections policy of the dataset in the page's language."""
    names = {"title": "dcterms:title", "description": "dcterms:description",
             "corrections": "schema:correctionsPolicy"}  # fmt: skip
    found: dict[str, str] = {}
    for key, predicate in names.items():
        rows = select(engine, f"SELECT ?v WHERE {{ ?d a void:Dataset ; {predicate} ?v }}")
        literals = [row["v"] for row in rows if isinstance(row["v"], Literal)]
        literals.sort(key=lambda v: (v.language != language(), v.language != "en"))
        found[key] = literals[0].value if literals else ""
    return found


def _search(engine: Engine, words: str) -> list[Link]:
    reader = Reader(engine, language())
    needle = Literal(words.lower())
    predicates = (
        values([NamedNode(SCO + "nameAsWritten")]) + " rdfs:label skos:altLabel dcterms:title"
    )
    rows = select(
        engine,
        f"SELECT DISTINCT ?x WHERE {{ VALUES ?p {{ {predicates} }} ?x ?p ?label "
        f"FILTER (isIRI(?x) && CONTAINS(LCASE(STR(?label)), {needle})) }} "
        f"ORDER BY ?x LIMIT {_LIMIT}",
    )
    reader.learn(row["x"] for row in rows)
    return [reader.link(row["x"]) for row in rows]
