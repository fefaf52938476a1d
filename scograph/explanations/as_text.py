"""An explanation as trees of text for a terminal.

A proof is a graph, in which many steps may share a premise, and it may be of any height. As text
each step is told once, under a number where others refer to it. What lies deep in a tree is told in
a tree of its own below it; and of very many steps the last are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from scograph.explanations.citations import Citation, Citations
from scograph.explanations.explainer import Evidence, Explanation
from scograph.explanations.resolve import fact_writer
from scograph.rdf.namespaces import compact
from scograph.rdf.terms import Fact
from scograph.rdf.visible import visible
from scograph.reasoning.facts import FactWriter
from scograph.sparql.engine import Engine

# How many steps, or inferences of a curator, one tree shows below each other: lines stay readable.
_MAX_DEPTH = 8
# How many steps are told at all.
_MAX_STEPS = 500


def explanation_text(engine: Engine, explanation: Explanation) -> Group:
    """Return *explanation* as trees: the triple, and below it what it rests on."""
    citations = Citations(engine, "en")
    citations.learn_graphs({evidence.graph for evidence in explanation.every_evidence()})
    writer = _TreeWriter(engine.release.prefixes, citations, fact_writer(engine), explanation)
    return Group(*(_visible(tree) for tree in writer.trees()))


class _TreeWriter:
    """Writes one explanation.

    ``_mentions`` counts how often a fact is a premise. ``_numbers`` has the numbers of the facts
    that are referred to, ``_told`` those facts that are told already, ``_later`` those that still
    are to be, in a tree of their own.
    """

    def __init__(
        self,
        prefixes: dict[str, str],
        citations: Citations,
        writer: FactWriter,
        explanation: Explanation,
    ) -> None:
        self._prefixes = prefixes
        self._citations = citations
        self._writer = writer
        self._every = list(explanation.every())
        self._mentions = Counter(p.fact for item in self._every for p in item.premises)
        self._numbers: dict[Fact, int] = {}
        self._told: set[Fact] = set()
        self._later: list[Explanation] = [explanation]
        self._inferences: set[str] = set()

    def trees(self) -> Iterator[Tree | Text]:
        """Yield all trees."""
        for explanation in self._later:
            if len(self._told) >= _MAX_STEPS:
                break
            if explanation.fact not in self._told:
                yield self._tree(explanation)
        missing = sum(1 for item in self._every if item.rule and item.fact not in self._told)
        if missing:
            told = f"{missing:,} more steps are left out here; JSON and PROV have all of them"
            yield Text(told, style="yellow")

    def _tree(self, explanation: Explanation) -> Tree:
        label = Text(self._writer.fact(explanation.fact), style="bold")
        if explanation.fact in self._numbers:
            label = Text.assemble(self._reference(explanation), " ", label)
        tree = Tree(label, guide_style="dim")
        self._fill(tree, explanation, 0)
        return tree

    def _fill(self, tree: Tree, explanation: Explanation, depth: int) -> None:
        self._told.add(explanation.fact)
        for evidence in explanation.evidence:
            self._evidence(tree, evidence, depth)
        for other in explanation.contradictions:
            text = Text("contradicted by ", style="yellow")
            text.append(self._writer.fact(other.fact), style="bold")
            text.append(f", in {compact(other.dispute, self._prefixes)}")
            self._evidence(tree.add(text), other.evidence, depth)
        if explanation.rule is not None:
            rule = explanation.rule
            branch = tree.add(Text.assemble(("follows by ", "dim"), (rule.name, "cyan"),
                                            (f": {rule.sentence()}", "dim")))  # fmt: skip
            for premise in explanation.premises:
                self._premise(branch, premise, depth + 1)
        elif not explanation.evidence:
            tree.add(Text("holds of the language itself", style="dim"))

    def _premise(self, branch: Tree, premise: Explanation, depth: int) -> None:
        text = self._writer.fact(premise.fact)
        if _is_brief(premise):
            self._fill(branch.add(Text(text)), premise, depth)
        elif premise.fact in self._told:
            branch.add(Text.assemble(text, ", see ", self._reference(premise), " above"))
        elif premise.rule is not None and len(self._told) >= _MAX_STEPS:
            branch.add(Text.assemble(text, (", left out here", "yellow")))
        elif premise.rule is not None and depth > _MAX_DEPTH:
            self._later.append(premise)
            branch.add(Text.assemble(text, ", see ", self._reference(premise), " below"))
        elif self._mentions[premise.fact] > 1:
            label = Text.assemble(self._reference(premise), " ", text)
            self._fill(branch.add(label), premise, depth)
        else:
            self._fill(branch.add(Text(text)), premise, depth)

    def _reference(self, explanation: Explanation) -> tuple[str, str]:
        number = self._numbers.setdefault(explanation.fact, len(self._numbers) + 1)
        return (f"[{number}]", "cyan")

    def _evidence(
        self, tree: Tree, evidence: Evidence, depth: int, word: str | None = None
    ) -> None:
        """Add *evidence* to *tree*; *word* introduces what an inference rests on."""
        found = self._citations.citation(evidence.graph)
        if evidence.kind == "inference":
            self._inference(tree, evidence, depth, word or "concluded by a curator, ")
        elif evidence.kind == "record" and word is None:
            name = evidence.graph.rsplit("/", 1)[-1]
            tree.add(Text(f"stands in the {_RECORDS.get(name, name)}", style="dim"))
        else:
            stated = "stated in " if evidence.adopted else "stated, but not adopted, in "
            tree.add(self._passage(found, word or stated, evidence.passage or evidence.graph))

    def _inference(self, tree: Tree, evidence: Evidence, depth: int, word: str) -> None:
        name = compact(evidence.graph, self._prefixes)
        told = self._citations.citation(evidence.graph).summary
        if evidence.graph in self._inferences:
            tree.add(Text.assemble((word, "dim"), (name, "cyan"), ", see above"))
            return
        branch = tree.add(Text.assemble((word, "dim"), (name, "cyan"), f": {told}"))
        if depth > _MAX_DEPTH:
            branch.add(Text("what it rests on is left out here", style="yellow"))
            return
        self._inferences.add(evidence.graph)
        for ground in evidence.grounds:
            self._evidence(branch, ground, depth + 1, "from ")

    def _passage(self, found: Citation, word: str, iri: str) -> Text:
        name = compact(iri, self._prefixes)
        if not found.source or found.link is None:
            return Text.assemble((word, "dim"), (name, "green"))
        date = f", {found.date}" if found.date else ""
        text = Text.assemble((word, "dim"), (found.link.text, "green"), f" of {found.source}",
                             (f" ({found.publisher}{date}), {name}", "dim"))  # fmt: skip
        return text.append(f"\n{found.summary}" if found.summary else "")


def _visible(shown: Tree | Text) -> Tree | Text:
    """Escape the control characters in all labels of a tree."""
    todo = [shown] if isinstance(shown, Tree) else []
    while todo:
        branch = todo.pop()
        todo += branch.children
        if isinstance(branch.label, Text) and visible(branch.label.plain) != branch.label.plain:
            characters = branch.label.divide(range(1, len(branch.label)))
            for character in characters:
                character.plain = visible(character.plain)
            branch.label = Text("").join(characters)
    return shown


def _is_brief(explanation: Explanation) -> bool:
    """Whether it is told on one line, in which case it is told again rather than referred to."""
    records = all(evidence.kind == "record" for evidence in explanation.evidence)
    is_one = len(explanation.evidence) <= 1 and not explanation.contradictions
    return explanation.rule is None and records and is_one


_RECORDS = {
    "reference": "reference data",
    "shapes": "shapes, which are not part of the adopted graph",
    "sources": "description of the sources",
    "curation": "description of inferences and disputes",
    "evidence": "evidence: the passage or inference describes the thing",
    "release": "description of the release",
}
