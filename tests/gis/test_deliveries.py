"""Deliveries as they really come (outside of the project, see ../shared): what becomes of each."""

from pathlib import Path

import pytest

from gis.delivery import Choice, Delivery, Refused
from gis.examine import examine
from tests.short import some

DELIVERIES = Path(__file__).parents[3] / "shared/data/deliveries"
WHOLE, SMALL = [1, 6, 91], [1, 2, 4]
OTHER = {
    "multipart",
    "exclave",
    "place_other",
}  # said of every file of the large county, whose codes are of another province

#: File -> (how many of each level, what is said of it beyond the usual, errors with a star); or why it is refused.
VERDICTS: dict[str, tuple[list[int], str] | str] = {
    "atx.zip": (WHOLE, "zip_aside"),
    "beside.zip": (WHOLE, "zip_aside"),
    "cjdcq.gpkg": (WHOLE, ""),
    "cut_125.geojson": "json_bad",
    "extra2.gpkg": (WHOLE, "layer_ignored layer_no_code"),
    "floattext.gpkg": (WHOLE, "cleaned"),
    "four.gpkg": (WHOLE, "fourth_left_out"),
    "hole_0.4m.geojson": (SMALL, ""),
    "island_0.4m.geojson": (SMALL, ""),
    "ldid_lie.zip": (WHOLE, "encoding_wrong"),
    "longname.gpkg": (WHOLE, "too_long*"),
    "mac.zip": (WHOLE, "zip_aside"),
    "nested.zip": (WHOLE, "zip_aside"),
    "rings.zip": (SMALL, "tangled* no_shape gap"),
    "rings_009.geojson": (SMALL, "tangled* no_shape gap"),
    "spaces.gpkg": (WHOLE, "cleaned"),
    "swapcol.gpkg": (WHOLE, "code_swapped*"),
    "tworows.gpkg": (WHOLE, "merged outside_parent"),
    "u16.geojson": "json_utf16",
    "villageonly.gpkg": (WHOLE, "made"),
    "xzdm_cundm.gpkg": (WHOLE, ""),
    "xzmc_cunmc.gpkg": (WHOLE, ""),
    "z19.gpkg": (WHOLE, ""),
    "zone_wrong.zip": (WHOLE, ""),
}
pytestmark = pytest.mark.skipif(not DELIVERIES.is_dir(), reason="the real deliveries are not here")


def said(delivery: Delivery) -> set[str]:
    """The kinds of findings, errors with a star."""
    return {finding.code + "*" * (finding.level == "error") for finding in delivery.findings}


@pytest.mark.parametrize("file", some(VERDICTS, every=4))
def test_what_becomes_of_a_delivery(file: str) -> None:
    verdict = VERDICTS[file]
    if isinstance(verdict, str):
        with pytest.raises(Refused) as refused:
            examine([DELIVERIES / file])
        assert refused.value.code == verdict
        return
    delivery = examine([DELIVERIES / file], choice=Choice(anywhere=True))
    counts, kinds = verdict
    assert [delivery.count(tier) for tier in (1, 2, 3)] == counts
    assert said(delivery) - OTHER == set(kinds.split())


@pytest.mark.parametrize("file", ["zone_wrong.zip", "z19.gpkg"])
def test_what_lies_outside_of_the_province_of_its_codes_is_an_error(file: str) -> None:
    assert "place_wrong*" in said(examine([DELIVERIES / file]))


@pytest.mark.parametrize("file", ["cjdcq.gpkg", "xzdm_cundm.gpkg", "xzmc_cunmc.gpkg", "ldid_lie.zip"])
def test_villages_have_their_own_names_and_codes(file: str) -> None:
    villages = [cell for cell in examine([DELIVERIES / file]).cells if cell.tier == 3]
    assert (villages[0].code, villages[0].name) == ("330122100200", "富岡社区")
    assert len({cell.code for cell in villages}) == 91


def test_there_is_a_verdict_for_every_file() -> None:
    assert {path.name for path in DELIVERIES.iterdir() if path.is_file()} - {"README.md"} == VERDICTS.keys()
