"""Run the benchmark: `python -m bench.run [--sections serving] [--sizes 10000,35000]`.

Writes `bench/RESULTS.md`, of which sections that are not run stay as they are. With
`--sizes` the results are printed instead, unless `--out` names a file: what is committed
has every size.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import explaining, reasoning, serving
from bench.section import SIZES, Section, Settings, goals

RESULTS = Path(__file__).parent / "RESULTS.md"

# In the order of RESULTS.md. A further section is a module with `rows`, named here.
SECTIONS: dict[str, Callable[[Settings], Section]] = {
    "closure": reasoning.rows,
    "explain": explaining.rows,
    "serving": serving.rows,
}

_INTRODUCTION = """\
Written by `make bench`; do not edit. A short run: `make bench SIZES=10000,35000`, which prints
its results and leaves this file alone. One section anew: `python -m bench.run --sections serving`.

The graphs are generated (`bench/generate.py`): the ontology and the topics whole, the rest with
the shares of classes and properties, the depth of places and organisations, and the hubs of the
data of this repository. The same size gives the same bytes."""
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


def results(settings: Settings, names: Sequence[str], old: str = "") -> str:
    """Run the sections *names*, put them in the place of those in *old*, and return the whole."""
    known = _sections(old)
    known.update(dict(_run(SECTIONS[name], settings) for name in names))
    parts = ["# The benchmark", _INTRODUCTION, *known.values()]
    return "\n\n".join(parts) + "\n"


def _sections(text: str) -> dict[str, str]:
    """Return the sections of a file of results by their titles, in their order."""
    starts = [(found[1], found.start()) for found in _HEADING.finditer(text)]
    ends = [*(start for _, start in starts[1:]), len(text)]
    return {
        title: text[start:end].strip() for (title, start), end in zip(starts, ends, strict=True)
    }


def _run(section: Callable[[Settings], Section], settings: Settings) -> tuple[str, str]:
    start = time.monotonic()
    found = section(settings)
    minutes = (time.monotonic() - start) / 60
    head = f"## {found.title}\n\nMeasured on {machine()}. It took {minutes:.0f} minutes."
    return found.title, "\n\n".join((head, goals(found.goals), found.markdown()))


def machine() -> str:
    """Return a phrase on the machine and the versions of what ran on it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    names = ("pyoxigraph", "owlrl", "rdflib", "reasonable", "oxigraph", "rdflib-endpoint")
    versions = ", ".join(f"{name} {_version(name)}" for name in names)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, {versions}"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="", help="numbers of triples, with commas")
    parser.add_argument("--runs", type=int, help="runs of each reasoner at each size")
    parser.add_argument("--sections", nargs="*", choices=list(SECTIONS), help="not all of them")
    parser.add_argument("--out", type=Path, help="the file to write")
    chosen = parser.parse_args(arguments)
    sizes = [int(size) for size in chosen.sizes.split(",")] if chosen.sizes else list(SIZES)
    settings = Settings(sizes, _tell, chosen.runs)
    out = chosen.out or (None if chosen.sizes else RESULTS)
    old = out.read_text(encoding="utf-8") if out is not None and out.exists() else ""
    text = results(settings, chosen.sections or list(SECTIONS), old)
    if out is None:
        print(text, end="")
    else:
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
