"""The processes of docs/processes.md, read as they stand there."""

import re
from pathlib import Path

from webapp.core.process import CANNOT, Process, read
from webapp.core.tables import table

PAGE = Path(__file__).parent.parent.parent / "docs" / "processes.md"
HEADING, BLOCK = re.compile(r"^## (.+)$", re.M), re.compile(r"^```\n(.*?)^```$", re.M | re.S)


def processes() -> list[Process]:
    """Each block as a process, named after its heading; its guards are those that its rows name."""
    text = PAGE.read_text(encoding="utf-8")
    made = []
    for block in BLOCK.finditer(text):
        heading = [found[1] for found in HEADING.finditer(text, 0, block.start())][-1]
        holders, states, moves = block[1].strip().split("\n\n")
        rows = table(moves)
        named = {name for row in rows for column in ("if", "unless") for name in row.get(column, "-").split(",")}
        made.append(
            read(
                heading,
                holders=holders,
                states=states,
                moves=moves,
                guards=dict.fromkeys(named - {"-"}, CANNOT),
            )
        )
    return made
