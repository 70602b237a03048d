"""What the import of borders says beside its findings: msgids, and the way to say them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from gis.delivery import Facts, Finding, in_order
from gis.messages import ERROR, NOTE, WARNING

from ..core.errors import N_

Word = Callable[[str], str]  # gettext of a language

TIERS = ((1, N_("county")), (2, N_("townships")), (3, N_("villages")))
LEVELS = {ERROR: N_("error"), WARNING: N_("warning"), NOTE: N_("note")}
LINES = 12  # findings of one kind that are shown
CODECS = {"utf-8": "UTF-8", "gb18030": "GBK (GB18030)", "cp950": "Big5", "big5": "Big5", "cp949": "EUC-KR"}
LAYER = N_("%(file)s, layer %(layer)s: rows %(count)s, taken as %(tier)s")
SEVERAL = N_("county, townships and villages together")
TEXT = N_("    coordinates: %(crs)s; text: %(codec)s, %(source)s")
COLUMNS = N_("    columns: code in “%(code)s”, name in “%(name)s”, %(parent)s")
PARENT = N_("its parent in “%(column)s”")
NO_PARENT = N_("no column for the parent: found by code or place")
COUNT = N_("%(tier)s: %(count)s")
EXAMPLES = N_("%(tier)s: %(count)s, e.g. %(labels)s")
MORE_LIKE_THIS = N_("    … and %(number)s more of this kind")
ADVISED = N_("%(level)s ×%(number)s (%(kind)s): %(advice)s.")
SUMMARY = N_("%(counts)s; longitude %(west)s to %(east)s, latitude %(south)s to %(north)s degrees")
NO_BORDERS = N_("%(counts)s; without borders")
ERRORS = N_("Nothing stored: errors above: %(number)s. Mend the files and try again.")
ASK = N_("Store these grids?")
NOTHING = N_("Nothing stored.")
STORED = N_("Stored %(number)s grids.")
READ_ABOVE = N_("read it above")
#: What to do about each kind of warning. What has no line here is said by the warning itself.
ADVICE = {
    "sliver": N_("harmless, two drawings of a border differ by some metres; a point between is offered both villages"),
    "invalid": N_("harmless, the border was repaired"),
    "multipart": N_("harmless where there really are islands, or a river in between: look at one or two"),
    "exclave": N_("harmless where there really is an exclave or an island; else a part bears the wrong code"),
    "shift_undone": N_("compare one village with a map that you trust before going on"),
    "shift": N_("compare one village with a map that you trust before going on"),
    "area_changed": N_("expected where villages merge or split; else look whether a code was exchanged"),
    "zip_aside": N_("harmless, only borders are read"),
    "layer_ignored": N_("harmless if the borders are in the other layers"),
    "layer_no_code": N_("harmless if the borders are in the other layers; else name its column with --code"),
    "layer_unwanted": N_("as you asked"),
    "encoding_wrong": N_("harmless if the names above read well"),
    "cleaned": N_("harmless, it is how they were meant"),
    "merged": N_("harmless where it is one place in several parts"),
    "made": N_("look at them: are these all, and are the names right"),
    "fourth_left_out": N_("harmless, patrols and reports know three levels"),
    "unit_elsewhere": N_("expected where they are parts of villages; else write on the card what is a community"),
    "unit_outside": N_("are they under the right community"),
    "villages_missing": N_("not harmless: patrols need villages"),
    "no_shape": N_("it works without, but no map shows it and no point lies in it"),
    "place_other": N_("as you said"),
    "code_letters": N_("harmless where the county has codes of its own"),
    "code_prefix": N_("is it under the right parent"),
    "text_cut": N_("look at these names, and mend them in the file before storing"),
    "text_private": N_("look at these names, and mend them in the file before storing"),
    "overlap": N_("not harmless if large: reports from there are offered both villages. Better mended before storing"),
    "gap": N_("not harmless if large: a point there lies in no village. Better mended before storing"),
    "outside_parent": N_("not harmless if large: is the village in the right township? Better mended before storing"),
}
FROM = {
    "cpg": N_("as its .cpg file says"),
    "ldid": N_("as its .dbf file says"),
    "charset": N_("as the file says"),
    "tried": N_("nothing says so: found by trying"),
    "chosen": N_("as you chose"),
    "format": N_("as this format prescribes"),
}


def layer(facts: Facts, word: Word) -> Iterator[str]:
    """How one layer was read."""
    tier = word(dict(TIERS).get(facts.tier or 0, SEVERAL))
    parent = word(PARENT) % {"column": facts.parent_column} if facts.parent_column else word(NO_PARENT)
    codec, source = CODECS.get(facts.encoding, facts.encoding), word(FROM[facts.encoding_from])
    yield word(LAYER) % {"file": facts.file, "layer": facts.layer, "count": facts.count, "tier": tier}
    yield word(TEXT) % {"crs": facts.crs, "codec": codec, "source": source}
    yield word(COLUMNS) % {"code": facts.code_column, "name": facts.name_column, "parent": parent}


def listed(findings: Sequence[Finding], word: Word) -> Iterator[str]:
    """The findings, errors first and each kind together; of many of one kind the first."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in in_order(findings):
        kinds.setdefault((finding.level, finding.code), []).append(finding)
    for (level, _), same in kinds.items():
        yield from (f"[{word(LEVELS[level])}] {finding.text(word)}" for finding in same[:LINES])
        if len(same) > LINES:
            yield word(MORE_LIKE_THIS) % {"number": len(same) - LINES}


def advice(findings: Sequence[Finding], word: Word) -> Iterator[str]:
    """For each kind of warning or note how many there are, whether it is harmless, and what to do."""
    for (level, code), number in Counter((each.level, each.code) for each in findings if each.level != ERROR).items():
        said = {"level": word(LEVELS[level]), "number": number, "kind": code}
        yield word(ADVISED) % {**said, "advice": word(ADVICE.get(code, READ_ABOVE))}
