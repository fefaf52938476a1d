"""The rules that a folder brings for what OWL cannot say: ``rules/<name>.rq``."""

from __future__ import annotations

from pathlib import Path

from scograph.folder.layout import files
from scograph.rdf.findings import Finding, Severity
from scograph.reasoning.rules.files import Rule, RuleError, load_rules, read_rule


def read_rules(root: Path, prefixes: dict[str, str]) -> tuple[tuple[Rule, ...], list[Finding]]:
    """Read ``rules/*.rq``; return the rules, and what is wrong with the files.

    *prefixes* are the dataset's, which a rule may use without declaring them.
    """
    paths = files(root / "rules", ".rq")
    taken = {rule.name for rule in load_rules()} if paths else set()
    found = [_read(root, path, prefixes, taken) for path in paths]
    rules = tuple(item for item in found if isinstance(item, Rule))
    return rules, [item for item in found if isinstance(item, Finding)]


def _read(root: Path, path: Path, prefixes: dict[str, str], taken: set[str]) -> Rule | Finding:
    name = path.relative_to(root).as_posix()
    if path.stem in taken:
        message = f"{path.stem} is a rule of OWL 2 RL: give this one another name"
        return Finding(name, 0, Severity.ERROR, "rule", message)
    try:
        return read_rule(path.read_bytes().decode(), path.stem, prefixes)
    except UnicodeDecodeError:
        return Finding(name, 0, Severity.ERROR, "syntax", "not UTF-8: save the file in UTF-8")
    except OSError as error:
        message = f"cannot read this rule: {error.strerror}"
        return Finding(name, 0, Severity.ERROR, "unreadable", message)
    except RuleError as error:
        message = f"{error}; see scograph/reasoning/rules/README.md"
        return Finding(name, error.line, Severity.ERROR, "rule", message)
