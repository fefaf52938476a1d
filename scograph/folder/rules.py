"""The rules of a graph folder, ``rules/<name>.rq``: for inferences that OWL cannot express."""

from __future__ import annotations

from pathlib import Path

from scograph.folder.document import MAX_BYTES
from scograph.folder.layout import files
from scograph.rdf.findings import Finding, Severity
from scograph.reasoning.rules.errors import RuleError
from scograph.reasoning.rules.files import Rule, load_rules, read_rule
from scograph.system.files import read_inside


def read_rules(root: Path, prefixes: dict[str, str]) -> tuple[tuple[Rule, ...], list[Finding]]:
    """Read ``rules/*.rq``; return the rules, and findings about the files.

    *prefixes* are those of the dataset, which a rule may use without declaring them.
    """
    paths = files(root / "rules", ".rq")
    taken = {rule.name for rule in load_rules()} if paths else set()
    results = [_read(root, path, prefixes, taken) for path in paths]
    rules = tuple(result for result in results if isinstance(result, Rule))
    return rules, [result for result in results if isinstance(result, Finding)]


def _read(root: Path, path: Path, prefixes: dict[str, str], taken: set[str]) -> Rule | Finding:
    name = path.relative_to(root).as_posix()
    if path.stem in taken:
        message = f"{path.stem} is a rule of OWL 2 RL: give this one another name"
        return Finding(name, 0, Severity.ERROR, "rule", message)
    try:
        return read_rule(read_inside(root, name, MAX_BYTES).decode(), path.stem, prefixes)
    except UnicodeDecodeError:
        return Finding(name, 0, Severity.ERROR, "syntax", "not UTF-8: save the file in UTF-8")
    except OSError as error:
        message = f"cannot read this rule: {error.strerror}"
        return Finding(name, 0, Severity.ERROR, "unreadable", message)
    except RuleError as error:
        message = f"{error}; see scograph/reasoning/rules/README.md"
        return Finding(name, error.line, Severity.ERROR, "rule", message)
