"""The table of all checks, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scograph.checks.adopted_facts import check_adopted_facts
from scograph.checks.adoptions import check_adoptions
from scograph.checks.blank_nodes import check_blank_nodes
from scograph.checks.blocks import check_blocks
from scograph.checks.check import Check, Inspection, Stage, Stale
from scograph.checks.claims import check_claims
from scograph.checks.coverage import check_coverage
from scograph.checks.cross_check import check_against_owlrl
from scograph.checks.exceeded import of_check
from scograph.checks.inconsistencies import check_inconsistencies
from scograph.checks.inference_chains import check_chains
from scograph.checks.literals import check_literals
from scograph.checks.passages import check_passages
from scograph.checks.plans import check_plans
from scograph.checks.reference_data import check_reference_data
from scograph.checks.references import check_references
from scograph.checks.saved_queries import check_saved_queries
from scograph.checks.schemes import check_schemes
from scograph.checks.shacl.blame import blame_data, blame_ontology
from scograph.checks.shacl.closure import check_closure
from scograph.checks.shacl.data import check_data
from scograph.checks.shacl.ontology import check_ontology
from scograph.checks.terms import check_rules, check_terms
from scograph.checks.texts import check_texts
from scograph.rdf.errors import GraphError
from scograph.rdf.findings import Finding
from scograph.system.bounded import Ending, results

CHECKS: Final = (
    Check("terms", Stage.STATEMENTS, check_terms),
    Check("terms of rules", Stage.STATEMENTS, check_rules),
    Check("references", Stage.STATEMENTS, check_references),
    Check("blank nodes", Stage.STATEMENTS, check_blank_nodes),
    Check("literals", Stage.STATEMENTS, check_literals),
    Check("schemes of IRIs", Stage.STATEMENTS, check_schemes),
    Check("blocks", Stage.STATEMENTS, check_blocks),
    Check("passages", Stage.STATEMENTS, check_passages),
    Check("claims", Stage.STATEMENTS, check_claims),
    Check("plans", Stage.STATEMENTS, check_plans),
    Check("adoptions", Stage.STATEMENTS, check_adoptions),
    Check("inference chains", Stage.STATEMENTS, check_chains),
    Check("reference data", Stage.STATEMENTS, check_reference_data),
    Check("coverage", Stage.STATEMENTS, check_coverage),
    Check("texts", Stage.STATEMENTS, check_texts),
    Check("inconsistencies", Stage.REASONING, check_inconsistencies),
    Check("owlrl", Stage.REASONING, check_against_owlrl),
    Check("shapes of the ontology", Stage.SHAPES, check_ontology, blame_ontology),
    Check("shapes of the data", Stage.SHAPES, check_data, blame_data),
    Check("shapes of the closure", Stage.SHAPES, check_closure, blame_data),
    Check("saved queries", Stage.RELEASE, check_saved_queries, bounds_itself=True),
    Check("adopted facts", Stage.RELEASE, check_adopted_facts),
)


def run_checks(stage: Stage, inspection: Inspection) -> Iterator[Finding | Stale]:
    """Run the checks of *stage*, each within its bounds, and yield their findings.

    Raises:
        GraphError: a check cannot be made, for example since a file that it needs is missing.

    """

    def run(check: Check) -> list[Finding | Stale] | GraphError:
        try:
            return list(check.function(inspection))
        except GraphError as error:
            return error

    checks = [check for check in CHECKS if check.stage is stage]
    bounded = [check for check in checks if not check.bounds_itself]
    for check, result in zip(bounded, results(run, bounded, inspection.of_check), strict=True):
        if isinstance(result, GraphError):
            raise result
        yield from _exceeded(check, inspection, result) if isinstance(result, Ending) else result
    for check in checks:
        if check.bounds_itself:
            yield from check.function(inspection)


def _exceeded(check: Check, inspection: Inspection, ending: Ending) -> list[Finding]:
    found = list(check.blame(inspection)) if check.blame else []
    place = "shapes" if check.stage is Stage.SHAPES else "data"
    work = f"the check of {check.name}"
    return found or [of_check(place, work, ending, inspection.of_check)]
