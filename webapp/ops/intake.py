"""What was understood of delivered borders, in the words an operator reads before he says yes."""

from collections.abc import Iterator

from gis.delivery import Delivery, Facts

TIERS = ((1, "county"), (2, "townships"), (3, "villages"))
EXAMPLES = 3
CODECS = {"utf-8": "UTF-8", "gb18030": "GBK (GB18030)", "cp950": "Big5", "big5": "Big5"}
FROM = {
    "cpg": "as its .cpg file says",
    "ldid": "as its .dbf file says",
    "tried": "nothing says so: found by trying",
    "format": "as this format prescribes",
}


def counted(number: int, word: str) -> str:
    """'1 row', '2 rows'."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def understood(delivery: Delivery) -> Iterator[str]:
    """Layer by layer how it was read, then for each tier how many there are, with examples to recognise."""
    for facts in delivery.facts:
        yield from _layer(facts)
    for tier, word in TIERS:
        labels = [cell.label for cell in delivery.cells if cell.tier == tier]
        yield f"{word}: {len(labels)}" + (f", e.g. {', '.join(labels[:EXAMPLES])}" if labels else "")


def _layer(facts: Facts) -> Iterator[str]:
    tier = dict(TIERS).get(facts.tier or 0, "county, townships and villages together")
    parent = (
        f"its parent in “{facts.parent_column}”"
        if facts.parent_column
        else "no column for the parent: found by code or place"
    )
    yield f"{facts.file}, layer {facts.layer}: {counted(facts.count, 'row')}, taken as {tier}"
    yield f"    coordinates: {facts.crs}; text: {CODECS.get(facts.encoding, facts.encoding)}, {FROM[facts.encoding_from]}"
    yield f"    columns: code in “{facts.code_column}”, name in “{facts.name_column}”, {parent}"


def summary(delivery: Delivery) -> str:
    """How many, and where on the globe: a wrong zone puts a county some hundred kilometres off, and only this shows it."""
    counts = ", ".join(f"{word} {delivery.count(tier)}" for tier, word in TIERS)
    west, south, east, north = delivery.extent()
    return f"{counts}; longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f} degrees"
