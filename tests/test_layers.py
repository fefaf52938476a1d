"""Who may import whom, and which foreign library is named where (README, the layer picture)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "scograph"

LEAVES = {
    *("vocab", "findings", "turtle", "interop", "advice", "guard", "rules", "scograph"),
    *("settings", "headers", "waiting"),
}
BUILD = {"sources", "reason", "reference", "checks", "release", "recording", "pipeline"}
SERVE = {
    *("jsonld", "store", "explain", "engine", "formats", "asking", "evidence", "telling"),
    *("errors", "endpoint", "pages", "app", "workers"),
    *("cache", "clients", "files", "metrics", "refusals", "incoming", "front", "web", "server"),
}
USE = {"client", "graph", "questions", "cli_record", "cli_serve", "cli", "__main__"}

# The elements on the right may be imported by the element on the left, besides the leaves.
ALLOWED = {
    "sources": set(),
    "reason": set(),
    "reference": set(),
    "checks": {"sources", "reason", "reference"},
    "release": {"sources"},
    "recording": {"sources", "checks"},
    "pipeline": {"sources", "reason", "checks", "release"},
    "formats": set(),
    "store": set(),
    "jsonld": set(),
    "explain": {"store"},
    "engine": {"store", "formats", "jsonld", "explain"},
    "asking": {"engine", "formats"},
    "evidence": {"engine", "asking"},
    "telling": {"engine", "explain", "asking", "evidence", "formats"},
    "errors": {"engine", "formats"},
    "endpoint": {"engine", "errors", "formats"},
    "pages": {
        *("engine", "explain", "asking", "evidence", "telling"),
        *("errors", "formats", "endpoint"),
    },
    "app": {"store", "engine", "errors", "formats", "endpoint", "pages"},
    "workers": {"store", "app"},
    "cache": set(),
    "clients": set(),
    "files": {"cache", "workers"},
    "metrics": {"cache", "workers"},
    "refusals": {"cache", "workers"},
    "incoming": {"cache", "refusals", "workers"},
    "front": {"cache", "clients", "files", "metrics", "refusals", "incoming", "workers"},
    "web": {"store", "cache", "metrics", "front", "workers"},
    "server": {"store", "app", "web"},
    "client": {"formats"},
    "graph": {"store", "engine", "telling"},
    "questions": {"store", "engine", "formats", "client", "graph"},
    "cli_record": {"sources", "recording"},
    "cli_serve": {"release", "store", "server", "web"},
    "cli": {"pipeline", "release", "questions", "sources", "cli_record", "cli_serve"},
    "__main__": {"cli"},
    **{leaf: {"vocab", "findings"} for leaf in LEAVES},
}

LIBRARIES = {
    "pyoxigraph": BUILD | SERVE | {"turtle", "interop", "guard", "rules", "questions"},
    "rdflib": {"interop", "checks"},
    "owlrl": {"reference"},
    "pyshacl": {"checks"},
    "flask": {"endpoint", "errors", "pages", "app", "workers", "server"},
    "werkzeug": {"formats", "endpoint", "errors", "pages", "app", "cache", "files", "refusals"},
    "brotli": {"cache"},
    "zstandard": {"cache"},
    "prometheus_client": {"metrics"},
    "pyld": {"jsonld"},
    "granian": {"server", "front", "incoming", "refusals"},
    "SPARQLWrapper": {"client"},
    "snowballstemmer": {"recording"},
    "click": {"cli", "cli_record", "cli_serve", "questions"},
    "rich": {"telling", "cli", "cli_record", "questions"},
}


def element(path: Path) -> str:
    """The layer element a file belongs to: a module, or the package it lies in."""
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "scograph" if part == "__init__" else part


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def own(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "scograph"


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    here = element(path)
    found = {
        own(name) for name in imported(ast.parse(path.read_text())) if name.startswith("scograph")
    }
    assert found - ALLOWED[here] - LEAVES - {here} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_foreign_library_is_named_only_where_its_job_is(path: Path) -> None:
    here = element(path)
    names = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))}
    assert {name for name in names if name in LIBRARIES and here not in LIBRARIES[name]} == set()


def test_build_and_serve_never_meet() -> None:
    for path in FILES:
        here = element(path)
        found = {own(name) for name in imported(ast.parse(path.read_text())) if "scograph" in name}
        assert not (here in BUILD and found & SERVE), path
        assert not (here in SERVE and found & BUILD), path


def test_every_module_has_its_place() -> None:
    assert {element(path) for path in FILES} == LEAVES | BUILD | SERVE | USE


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") < 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in kinds:
                assert kind is not None and ast.unparse(kind) not in ("Exception", "BaseException")
