"""Who may import whom, folder by folder; which library is named where (docs/architecture.md)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "scograph"

# What each folder, or file beside the folders, may import besides itself.
ALLOWED = {
    "system": set[str](),
    "rdf": set[str](),
    "http": {"__init__"},
    "reasoning": {"rdf"},
    "sparql": {"system", "rdf", "__init__"},
    "folder": {"system", "rdf", "reasoning"},
    "checks": {"system", "rdf", "reasoning", "sparql", "folder"},
    "build": {"system", "rdf", "reasoning", "sparql", "folder", "checks", "__init__"},
    "recording": {"system", "rdf", "folder", "checks"},
    "explanations": {"rdf", "reasoning", "sparql"},
    "web": {"rdf", "reasoning", "sparql", "explanations", "http"},
    "server": {"system", "rdf", "sparql", "http", "web"},
    "graph": {"rdf", "sparql", "explanations"},
    "cli": {"system", "rdf", "reasoning", "sparql", "folder", "checks", "build", "recording",
            "server", "graph", "__init__"},
    "__main__": {"cli"},
    "__init__": {"graph", "rdf", "sparql"},
}  # fmt: skip
BUILD = {"folder", "checks", "build", "recording"}
SERVE = {"explanations", "http", "web", "server", "graph"}

# Of sparql, the build side uses what is known of a query before it runs, and how one is
# evaluated, never the engine over a release.
OF_A_QUERY = {
    f"scograph.sparql.{name}"
    for name in ("tokens", "syntax_help", "guard", "limits", "dataset", "evaluation", "errors")
}

# The one file, or the folder, in which each library is named.
LIBRARIES = {
    "pyoxigraph": {"rdf", "reasoning", "sparql", "explanations", "web/pages", "cli/query.py",
                   "web/service_description.py", *BUILD},
    "rdflib": {"rdf/rdflib_bridge.py", "checks/shacl"},
    "owlrl": {"reasoning/owlrl_oracle.py"},
    "pyshacl": {"checks/shacl/validation.py"},
    "pyparsing": {"checks/shacl/ill_formed.py"},
    "flask": {"web"},
    "werkzeug": {"http", "sparql/formats.py", "web", "server/front_end.py"},
    "brotli": {"http/encoding.py"},
    "zstandard": {"http/encoding.py"},
    "prometheus_client": {"server/metrics.py"},
    "granian": {"server/front_end.py", "server/request_head.py", "server/rsgi.py",
                "server/serve.py", "server/transfers.py"},
    "SPARQLWrapper": {"sparql/client.py"},
    "snowballstemmer": {"recording/stems.py"},
    "click": {"cli"},
    "rich": {"explanations/as_text.py", "explanations/explained.py", "cli"},
}  # fmt: skip

FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def place(path: Path) -> str:
    """The folder that a file lies in, or the file itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imported(path: Path) -> frozenset[str]:
    """The modules that a file names in its imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return frozenset(names)


def own(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def ours(path: Path) -> set[str]:
    return {name for name in imported(path) if name.split(".")[0] == "scograph"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_folder_imports_only_what_lies_below_it(path: Path) -> None:
    here = place(path)
    assert {own(name) for name in ours(path)} - ALLOWED[here] - {here} == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_library_is_named_only_where_its_job_is(path: Path) -> None:
    names = {name.split(".")[0] for name in imported(path)}
    known = set(sys.stdlib_module_names) | {"scograph", "_typeshed", *LIBRARIES}
    assert names - known == set()
    here = path.relative_to(PACKAGE)
    homes = {here.as_posix(), *(parent.as_posix() for parent in here.parents)}
    assert {name for name in names & set(LIBRARIES) if not homes & LIBRARIES[name]} == set()


def test_every_library_is_named_where_it_is_said_to_be() -> None:
    for library, places in LIBRARIES.items():
        for place_ in places:
            files = [path for path in FILES if name_of(path).startswith(place_)]
            named = [path for path in files if library in {n.split(".")[0] for n in imported(path)}]
            assert named, f"{library} is not named in {place_}"


def test_build_and_serve_never_meet() -> None:
    for path in FILES:
        here, found = place(path), ours(path)
        assert not (here in BUILD and {own(name) for name in found} & SERVE), path
        assert not (here in SERVE and {own(name) for name in found} & BUILD), path
        if here in BUILD:
            assert {name for name in found if own(name) == "sparql"} <= OF_A_QUERY, path


def test_every_folder_has_its_place() -> None:
    assert {place(path) for path in FILES} == set(ALLOWED)
    folders = {path.parent for path in FILES}
    assert {folder for folder in folders if not (folder / "__init__.py").is_file()} == set()


def test_the_documentation_says_the_same() -> None:
    text = (PACKAGE.parent / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([`\w ]*)\|$", text, re.MULTILINE)
    told = {name: set(re.findall(r"\w+", below)) for name, below in rows}
    assert told == {
        name: below - {"__init__"} for name, below in ALLOWED.items() if name.strip("_") == name
    }


def test_no_folder_is_above_and_below_another() -> None:
    for name, below in ALLOWED.items():
        todo, seen = list(below - {"__init__"}), set[str]()
        while todo:
            found = todo.pop()
            if found not in seen:
                seen.add(found)
                todo += ALLOWED[found] - {"__init__"}
        assert name == "__init__" or name not in seen


LOADED = [
    ("scograph", {"flask", "pyshacl", "owlrl", "rdflib", "pyoxigraph"}),
    ("scograph.graph", {"flask", "pyshacl", "owlrl"}),
    ("scograph.server.web_process", {"flask", "pyshacl", "owlrl", "rich"}),
    ("scograph.web.dispatch", {"pyshacl", "owlrl", "granian"}),
]


@pytest.mark.parametrize(("module", "absent"), LOADED, ids=[module for module, _ in LOADED])
def test_what_is_imported_loads_no_more_than_it_needs(module: str, absent: set[str]) -> None:
    code = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert loaded & absent == set()


def test_no_two_classes_have_one_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name_of(path))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def catchers(tree: ast.AST, function: str = "") -> Iterator[str]:
    """The functions in which every exception is caught, or suppressed."""
    for node in ast.iter_child_nodes(tree):
        kinds: list[ast.expr | None] = []
        if isinstance(node, ast.ExceptHandler):
            kinds = [*node.type.elts] if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and "suppress" in ast.unparse(node.func):
            kinds = [*node.args]
        names = {"" if kind is None else ast.unparse(kind).split(".")[-1] for kind in kinds}
        if names & {"", "Exception", "BaseException"}:
            yield function
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from catchers(node, node.name)
        else:
            yield from catchers(node, function)


CAUGHT = [
    ("def f():\n try: g()\n except Exception: pass", ["f"]),
    ("def f():\n try: g()\n except (KeyError, builtins.BaseException): pass", ["f"]),
    ("async def f():\n try: g()\n except: pass", ["f"]),
    ("with contextlib.suppress(OSError, Exception): pass", [""]),
    ("try: g()\nexcept (KeyError, OSError): pass\nwith suppress(OSError): pass", []),
]


@pytest.mark.parametrize(("code", "functions"), CAUGHT)
def test_who_catches_everything_is_found(code: str, functions: list[str]) -> None:
    assert list(catchers(ast.parse(code))) == functions


def test_one_place_alone_catches_every_exception() -> None:
    """The loop of a worker: what is raised there is an answer, and no death."""
    found = {
        (name_of(path), function)
        for path in FILES
        for function in catchers(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == {("server/worker.py", "_answer")}
