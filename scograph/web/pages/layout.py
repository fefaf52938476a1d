"""What all pages share: the choice of language, the template context, links that keep it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, render_template, request

from scograph.rdf.terms import text_of
from scograph.sparql.engine import Engine
from scograph.sparql.select import select
from scograph.web.pages.words import LANGUAGES, NAMES, words

# Before a local address, as the whole of a header or in angle brackets.
_LOCAL = re.compile(r"^(?=/)|<(?=/)")
_LICENCES = {"https://creativecommons.org/licenses/by/4.0": "CC BY 4.0"}


def language() -> str:
    """Return the page's language: ``?lang=``, else the best of Accept-Language, else English."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or "en"


def keep() -> str:
    """Return what links of this page end in: the language, where the address names one."""
    return f"?lang={language()}" if "lang" in request.args else ""


def page(template: str, engine: Engine, **values: Any) -> Response:
    """Render *template* in the frame of every page."""
    current = language()
    others = {
        code: "?" + urlencode([*_without_lang(), ("lang", code)], doseq=True) for code in LANGUAGES
    }
    text = render_template(
        template,
        language=current,
        languages=[(code, NAMES[code], others[code]) for code in LANGUAGES],
        words=words(current),
        keep=keep(),
        manifest=engine.release.manifest,
        licence=_licence(engine),
        **values,
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.content_language.add(current)
    return response


def keeping(href: str, keep: str) -> str:
    """Return the local address *href* with *keep*, ``?lang=..`` or nothing, in its query."""
    if not keep or not href.startswith("/"):
        return href
    path, mark, fragment = href.partition("#")
    return path + (f"&{keep[1:]}" if "?" in path else keep) + mark + fragment


def add_links(app: Flask, root: str) -> None:
    """Let the links of all pages begin with *root*, the path at which *app* is found.

    In templates local addresses begin with ``/``, as they do in requests: what stands in front
    of the service takes *root* away.
    """
    app.jinja_env.globals["root"] = root
    app.jinja_env.filters["rooted"] = lambda href: rooted(href, root)
    app.jinja_env.filters["keeping"] = lambda href, kept: rooted(keeping(href, kept), root)

    @app.after_request
    def name_root(response: Response) -> Response:
        for name in {"Location", "Link"} & set(response.headers.keys()):
            response.headers[name] = _LOCAL.sub(rf"\g<0>{root}", response.headers[name])
        return response


def rooted(href: str, root: str) -> str:
    """Return *href* below *root*, where it is a local address."""
    return root + href if href.startswith("/") else href


def _licence(engine: Engine) -> dict[str, str] | None:
    """Return IRI and name of the dataset's licence, None where it states none."""
    rows = select(engine, "SELECT ?l WHERE { ?d a void:Dataset ; dcterms:license ?l }")
    iris = sorted(text_of(row["l"]) for row in rows)
    if not iris or not iris[0].startswith(("http://", "https://")):
        return None
    return {"iri": iris[0], "name": _LICENCES.get(iris[0].rstrip("/"), iris[0])}


def _without_lang() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
