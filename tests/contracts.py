"""The order of domains and of their files as contracts of the import linter: what tests/test_rooms.py holds, it holds.

A domain says itself what it stands on, and folders are found: no list of domains has to be kept for the linter.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from importlinter import Contract, ContractCheck, fields, output

from tests import rooms


class _Rules(Contract):
    """A contract that reads the files of webapp/ by rules of tests/rooms.py; the linter's own graph is not needed."""

    layers = fields.ListField(subfield=fields.StringField())  # read by tests/rooms.py
    rules: ClassVar[tuple[Callable[[rooms.Tree], Iterator[str]], ...]]

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        """The linter asks here."""
        files = rooms.tree()
        found = [fault for rule in self.rules for fault in rule(files)]
        return ContractCheck(kept=not found, metadata={"faults": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each fault."""
        for fault in check.metadata["faults"]:
            output.print_error(fault, bold=False)


class Domains(_Rules):
    """A part imports what is below it; a domain, of the other domains, what it says it stands on."""

    type_name = "domains"
    rules = (rooms.parts_without_a_place, rooms.said_wrongly, rooms.imports_of_parts)


class Inside(_Rules):
    """The files of a domain, from top to bottom."""

    type_name = "inside"
    rules = (rooms.imports_inside,)
