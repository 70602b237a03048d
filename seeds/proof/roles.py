"""What part a body has: the label it is listed under, else the verb of the sentence, in the text and in our words."""

import re
from collections.abc import Iterator

from seeds.proof.case import Case, Finding, holds
from seeds.rows import Duty

_LIST = "[:：]([^。;；)）\n]*)"  # the bodies behind a label
_LEADER = re.compile("长$|负责人|领导(?!小组)|书记|同志|干部")
_HELPED = re.compile("[由（].{0,18}(?:配合|协助)")  # "with help from": the other party helps


def role(case: Case) -> Iterator[Finding]:
    """The role is that of the label the body stands under, else that of the words in the text and in our sentence."""
    row = case.row
    if not isinstance(row, Duty):
        return
    if labels := _labels(case):
        if row.role not in labels:
            yield row.role, f"{row.body!r} is listed as {' or '.join(sorted(labels))}, not as {row.role}"
        return
    yield from _verbs(case, row)


def _labels(case: Case) -> set[str]:
    """The roles of the labels behind which the body is listed."""
    if case.label and case.label != "any":
        return {case.label}
    if not case.row.body:  # type: ignore[union-attr]
        return set()
    return {
        code
        for code, words in case.aids.of("label").items()
        for label in words.zh.split()
        for listed in re.findall(f"(?<![一-鿿]){label}{_LIST}", case.text)
        if case.row.body in listed  # type: ignore[union-attr]
    }


def _verbs(case: Case, row: Duty) -> Iterator[Finding]:
    words = {code: each.zh.split() for code, each in case.aids.of("role").items()}
    own = _HELPED.sub("", row.zh)
    if row.role == "lead" and not holds(case.clause, words["lead"]):
        yield row.role, "the sentence of the text has no word for leading"
    if row.role == "cooperate":
        if not holds(row.zh, words["cooperate"]):
            yield row.role, "our sentence has no word for helping"
        if not holds(case.near, words["cooperate"] + words["beside"]):
            yield f"{row.role}:text", "the sentence of the text has no word for helping"
    if row.role in ("responsible", "lead") and own.startswith(tuple(words["helps"])):
        yield row.role, "our sentence begins with a word for helping"
    if row.role == "responsible" and holds(own, words["lead"]):
        yield row.role, "our sentence has a word for leading"
    named = _LEADER.search(row.body) is not None
    if named != (row.role == "leader"):
        yield row.role, f"{row.body!r} {'names a leader' if named else 'names no leader'}"
