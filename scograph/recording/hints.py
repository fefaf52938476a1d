"""Hints at the encoding patterns that a sentence may need, by regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Where a graph folder keeps examples of how sentences are encoded.
PATTERNS = "tests/patterns/valid"


@dataclass(frozen=True)
class Hint:
    """A pattern that a sentence may need.

    ``need`` names it; ``pattern`` is the file of an example in `PATTERNS`, which not every
    graph folder has; ``sign`` matches sentences that may need it. ``block`` are the first
    lines of a node, with ``{place}`` for source and passage; it is empty where the pattern
    applies to nodes of any type.
    """

    need: str
    pattern: str
    sign: re.Pattern[str]
    block: tuple[str, ...]


_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йея]|июн[ьяе]|июл[ьяе]|август[ае]?|"
    "сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]"
)
_DATE = (
    rf"\b(?:\d{{1,2}}(?:\s*[-–—]\s*\d{{1,2}})?\s+)?(?:{_MONTHS})\b(?:\s+\d{{1,2}}\b(?!\d))?"
    r"(?:,?\s+(?:19|20)\d\d)?|\b(?:19|20)\d\d(?:\s*[-–—]\s*(?:19|20)\d\d)?\b"
    r"|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\d+\s*[年月日号]"
)
# Quantities: digits that are not an ordinal or part of a word. Dates are removed beforehand.
_FIGURE = r"(?<![\w.-])\d[\d.,]*(?![\w-])|\d\s*(?:%|[个名万亿多])|percent|per cent|процент|百分之"
_SPEECH = (
    r"\b(?:said|says|noted|stressed|stated|told|added|emphasi[sz]ed|expressed|believes?|"
    r"announced|according to|recalled|reported|pointed out)\b"
    r"|\b(?:сказал|отмети|заяви|подчеркну|сообщи|рассказа|добави|счита[ею]т|напомни|пояснил|"
    r"по словам|по мнению|выразил)|表示|指出|强调|认为|介绍|宣布|说[，：:]|称[，：:]"
)
_PLAN = (
    r"\b(?:will|plans? to|planned|planning|expect(?:ed|ing|s)?|intends?|scheduled|upcoming|"
    r"is to|are to)\b"
    r"|\b(?:буд[ею]т|планиру|намерен|предстоит|состоится|пройд[её]т|ожида[ею]тся|намечен)|将|计划|拟"
)
_ADOPTION = (
    r"\b(?:sign(?:ed|ing|s)|adopt(?:ed|ion|s)?|passed|approv(?:ed|al|es)|ratif\w+|endorsed|"
    r"entered into force)\b|\b(?:подпис|принят|принял[аи]? (?!участие)|утверд|утвержд|"
    r"одобр|ратифи|вступил[аио]? в силу)|签署|通过了|批准|签订|核准|生效"
)


def hints(sentence: str) -> list[Hint]:
    """Return the hints for *sentence*, in the order of the rules in ontology/STYLE.md."""
    undated = re.sub(_DATE, " ", sentence, flags=re.IGNORECASE)
    return [
        hint
        for hint in _hints()
        if hint.sign.search(undated if hint.pattern == "m10-figures.trig" else sentence)
    ]


def _hints() -> tuple[Hint, ...]:
    return (
        _hint("speech", "m06-speech", _SPEECH, "statement:{place} a sco:Statement",
              "sco:accordingTo person:..."),
        _hint("a plan", "m07-plan", _PLAN, "announcement:{place} a sco:Announcement",
              "sco:series series:..."),
        _hint("a date, with its bounds", "m09-precision", _DATE),
        _hint("a figure", "m10-figures", _FIGURE, "observation:{place} a sco:Observation",
              "sco:measure topic:...", "sco:value ...", "sco:bound ...", "sco:unit ..."),
        _hint("an adoption", "adoption-and-provision", _ADOPTION, "adoption:...-1 a sco:Adoption",
              "sco:document agreement:...", "sco:act ..."),
    )  # fmt: skip


def _hint(need: str, pattern: str, sign: str, *block: str) -> Hint:
    return Hint(need, f"{pattern}.trig", re.compile(sign, re.IGNORECASE), block)
