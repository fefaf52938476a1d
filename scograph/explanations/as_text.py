"""An explanation as a tree of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from rich.tree import Tree

from scograph.explanations.evidence import Evidence, Names
from scograph.explanations.explainer import Account, Explanation
from scograph.explanations.resolve import fact_writer
from scograph.rdf.namespaces import compact
from scograph.reasoning.facts import FactWriter
from scograph.sparql.engine import Engine


def explanation_tree(engine: Engine, explanation: Explanation) -> Tree:
    """Return *explanation* as a tree: the triple, and below it what it rests on."""
    names = Names(engine, "en")
    names.learn_graphs(set(graphs_in(explanation)))
    return _TreeWriter(engine.release.prefixes, names, fact_writer(engine)).tree(explanation)


def graphs_in(explanation: Explanation) -> Iterator[str]:
    """Yield the IRIs of all graphs that *explanation* names."""
    accounts = [*explanation.accounts, *(item.account for item in explanation.contradictions)]
    while accounts:
        account = accounts.pop()
        yield account.graph
        accounts += account.grounds
    for premise in explanation.premises:
        yield from graphs_in(premise)


class _TreeWriter:
    def __init__(self, prefixes: dict[str, str], names: Names, writer: FactWriter) -> None:
        self._prefixes = prefixes
        self._names = names
        self._writer = writer

    def tree(self, explanation: Explanation) -> Tree:
        tree = Tree(Text(self._writer.fact(explanation.fact), style="bold"), guide_style="dim")
        self._fill(tree, explanation)
        return tree

    def _fill(self, tree: Tree, explanation: Explanation) -> None:
        for account in explanation.accounts:
            self._account(tree, account)
        for other in explanation.contradictions:
            text = Text("contradicted by ", style="yellow")
            text.append(self._writer.fact(other.fact), style="bold")
            text.append(f", in {compact(other.dispute, self._prefixes)}")
            self._account(tree.add(text), other.account)
        if explanation.rule is not None:
            rule = explanation.rule
            branch = tree.add(Text.assemble(("follows by ", "dim"), (rule.name, "cyan"),
                                            (f": {rule.sentence()}", "dim")))  # fmt: skip
            for premise in explanation.premises:
                self._fill(branch.add(Text(self._writer.fact(premise.fact))), premise)
        elif not explanation.accounts:
            tree.add(Text("holds of the language itself", style="dim"))

    def _account(self, tree: Tree, account: Account, word: str | None = None) -> None:
        """Tell of *account*; *word* leads to what an inference rests on."""
        found = self._names.evidence(account.graph)
        if account.kind == "inference":
            name = compact(account.graph, self._prefixes)
            branch = tree.add(Text.assemble((word or "concluded by a curator, ", "dim"),
                                            (name, "cyan"), f": {found.summary}"))  # fmt: skip
            for ground in account.grounds:
                self._account(branch, ground, "from ")
        elif account.kind == "record" and word is None:
            name = account.graph.rsplit("/", 1)[-1]
            tree.add(Text(f"stands in the {_RECORDS.get(name, name)}", style="dim"))
        else:
            stated = "stated in " if account.adopted else "stated, but not adopted, in "
            tree.add(self._passage(found, word or stated, account.passage or account.graph))

    def _passage(self, found: Evidence, word: str, iri: str) -> Text:
        name = compact(iri, self._prefixes)
        if not found.source or found.link is None:
            return Text.assemble((word, "dim"), (name, "green"))
        date = f", {found.date}" if found.date else ""
        text = Text.assemble((word, "dim"), (found.link.text, "green"), f" of {found.source}",
                             (f" ({found.publisher}{date}), {name}", "dim"))  # fmt: skip
        return text.append(f"\n{found.summary}" if found.summary else "")


_RECORDS = {
    "reference": "reference data",
    "shapes": "shapes, which are not part of the adopted graph",
    "sources": "description of the sources",
    "curation": "description of inferences and disputes",
    "evidence": "evidence: the passage or inference describes the thing",
    "release": "description of the release",
}
