"""An explanation as a tree of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from scograph.explanations.citations import Citation, Citations
from scograph.explanations.explainer import Evidence, Explanation
from scograph.explanations.resolve import fact_writer
from scograph.rdf.namespaces import compact
from scograph.rdf.visible import visible
from scograph.reasoning.facts import FactWriter
from scograph.sparql.engine import Engine


def explanation_tree(engine: Engine, explanation: Explanation) -> Tree:
    """Return *explanation* as a tree: the triple, and below it what it rests on."""
    citations = Citations(engine, "en")
    citations.learn_graphs(set(graphs_in(explanation)))
    writer = _TreeWriter(engine.release.prefixes, citations, fact_writer(engine))
    return _visible(writer.tree(explanation))


def graphs_in(explanation: Explanation) -> Iterator[str]:
    """Yield the IRIs of all graphs that *explanation* names."""
    todo = [*explanation.evidence, *(item.evidence for item in explanation.contradictions)]
    while todo:
        evidence = todo.pop()
        yield evidence.graph
        todo += evidence.grounds
    for premise in explanation.premises:
        yield from graphs_in(premise)


class _TreeWriter:
    def __init__(self, prefixes: dict[str, str], citations: Citations, writer: FactWriter) -> None:
        self._prefixes = prefixes
        self._citations = citations
        self._writer = writer

    def tree(self, explanation: Explanation) -> Tree:
        tree = Tree(Text(self._writer.fact(explanation.fact), style="bold"), guide_style="dim")
        self._fill(tree, explanation)
        return tree

    def _fill(self, tree: Tree, explanation: Explanation) -> None:
        for evidence in explanation.evidence:
            self._evidence(tree, evidence)
        for other in explanation.contradictions:
            text = Text("contradicted by ", style="yellow")
            text.append(self._writer.fact(other.fact), style="bold")
            text.append(f", in {compact(other.dispute, self._prefixes)}")
            self._evidence(tree.add(text), other.evidence)
        if explanation.rule is not None:
            rule = explanation.rule
            branch = tree.add(Text.assemble(("follows by ", "dim"), (rule.name, "cyan"),
                                            (f": {rule.sentence()}", "dim")))  # fmt: skip
            for premise in explanation.premises:
                self._fill(branch.add(Text(self._writer.fact(premise.fact))), premise)
        elif not explanation.evidence:
            tree.add(Text("holds of the language itself", style="dim"))

    def _evidence(self, tree: Tree, evidence: Evidence, word: str | None = None) -> None:
        """Add *evidence* to *tree*; *word* introduces what an inference rests on."""
        found = self._citations.citation(evidence.graph)
        if evidence.kind == "inference":
            name = compact(evidence.graph, self._prefixes)
            branch = tree.add(Text.assemble((word or "concluded by a curator, ", "dim"),
                                            (name, "cyan"), f": {found.summary}"))  # fmt: skip
            for ground in evidence.grounds:
                self._evidence(branch, ground, "from ")
        elif evidence.kind == "record" and word is None:
            name = evidence.graph.rsplit("/", 1)[-1]
            tree.add(Text(f"stands in the {_RECORDS.get(name, name)}", style="dim"))
        else:
            stated = "stated in " if evidence.adopted else "stated, but not adopted, in "
            tree.add(self._passage(found, word or stated, evidence.passage or evidence.graph))

    def _passage(self, found: Citation, word: str, iri: str) -> Text:
        name = compact(iri, self._prefixes)
        if not found.source or found.link is None:
            return Text.assemble((word, "dim"), (name, "green"))
        date = f", {found.date}" if found.date else ""
        text = Text.assemble((word, "dim"), (found.link.text, "green"), f" of {found.source}",
                             (f" ({found.publisher}{date}), {name}", "dim"))  # fmt: skip
        return text.append(f"\n{found.summary}" if found.summary else "")


def _visible(tree: Tree) -> Tree:
    """Escape the control characters in all labels of *tree*."""
    todo = [tree]
    while todo:
        branch = todo.pop()
        todo += branch.children
        if isinstance(branch.label, Text) and visible(branch.label.plain) != branch.label.plain:
            characters = branch.label.divide(range(1, len(branch.label)))
            for character in characters:
                character.plain = visible(character.plain)
            branch.label = Text("").join(characters)
    return tree


_RECORDS = {
    "reference": "reference data",
    "shapes": "shapes, which are not part of the adopted graph",
    "sources": "description of the sources",
    "curation": "description of inferences and disputes",
    "evidence": "evidence: the passage or inference describes the thing",
    "release": "description of the release",
}
