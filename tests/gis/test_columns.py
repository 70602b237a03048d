"""gis/columns.py: which column is meant, by its name, its tier and what stands in it."""

import numpy as np
import pytest
import shapely
from boundary_files import NAMES, codes, counts, gauss_kruger, geopackage, shapes, tiers, under, write

from gis import columns
from gis.delivery import Choice
from gis.read import Refused, read

CODES = [f"37090010{n}20{m}" for n in (0, 1) for m in range(5)]
VILLAGES = [f"第{n}村" for n in range(10)]
TOWNSHIPS = ["370900100"] * 5 + ["370900101"] * 5
TOWNS = ["东镇"] * 5 + ["西乡"] * 5


def chosen(tier=3, choice=None, **named):
    """(code, name) for a layer of ten rows with these columns."""
    found = columns.choose(named, "x", tier, choice or Choice())
    return found and (found.code, found.name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("QHDM", "QHMC"),
        ("行政代码", "行政名称"),
        ("村代码", "村名"),
        ("PAC", "NAME"),
        ("网格编号", "网格名称"),
        ("统计用区划代码", "名称"),
        ("VillCode", "VillName"),
        ("行政区划代", "行政区划名"),  # cut at ten bytes of GBK
        (" XZQDM", "xzqmc"),
    ],
)
def test_the_usual_pairs_are_known(code, name):
    assert chosen(**{"OBJECTID": list(map(str, range(10))), code: CODES, name: VILLAGES}) == (code, name)
    assert chosen(None, **{code: CODES, name: VILLAGES}) == (code, name)


def test_a_countys_and_a_townships_own_columns_are_known():
    assert chosen(1, XIANDM=["370900"], XIANMC=["测试县"]) == ("XIANDM", "XIANMC")
    assert chosen(2, XZDM=["370900100", "370900101"], XZMC=["东镇", "西乡"]) == ("XZDM", "XZMC")


@pytest.mark.parametrize("tier", [3, None])
def test_a_village_is_not_called_by_its_township(tier):
    assert chosen(tier, XZQDM=CODES, XZMC=TOWNS, CUNMC=VILLAGES) == ("XZQDM", "CUNMC")
    assert chosen(tier, XZDM=TOWNSHIPS, XZQMC=TOWNS, CUNDM=CODES, CUNMC=VILLAGES) == ("CUNDM", "CUNMC")
    survey = [code + "0000000" for code in CODES]
    land = {"XZQDM": TOWNSHIPS, "XZQMC": ["测试县"] * 10, "ZLDWDM": survey, "ZLDWMC": VILLAGES}
    assert chosen(tier, **land) == ("ZLDWDM", "ZLDWMC")


def test_a_villages_own_columns_come_first_and_a_townships_too():
    both = {"XZDM": [f"37090010{n}" for n in range(10)], "CUNDM": CODES, "XZMC": VILLAGES[::-1], "CUNMC": VILLAGES}
    assert chosen(3, **both) == ("CUNDM", "CUNMC") and chosen(2, **both) == ("XZDM", "XZMC")


def test_what_looks_like_no_code_gives_way_to_what_does():
    assert chosen(None, BM=list("0123456789"), DM=CODES, MC=VILLAGES) == ("DM", "MC")


def test_the_same_values_in_two_columns_are_no_question():
    assert chosen(CODE=CODES, DM=[code + "0000000" for code in CODES], NAME=VILLAGES) == ("CODE", "NAME")


def test_several_that_may_be_meant_are_refused_by_name():
    with pytest.raises(Refused, match=r"name, mc.*--name") as refused:
        chosen(code=CODES, name=VILLAGES, mc=VILLAGES[::-1])
    assert refused.value.code == "columns_unclear"
    assert chosen(choice=Choice(name=("MC",)), code=CODES, name=VILLAGES, mc=VILLAGES[::-1]) == ("code", "mc")


def test_a_column_that_says_the_same_in_most_rows_is_refused():
    with pytest.raises(Refused, match="xzqmc") as refused:
        chosen(code=CODES, xzqmc=TOWNS)
    assert refused.value.code == "column_repeats"


def test_the_township_beside_a_village_is_kept_as_what_is_above():
    named = {"CUNDM": CODES, "CUNMC": VILLAGES, "XZMC": TOWNS}
    assert columns.choose(named, "x", 3, Choice()).above == "XZMC"


# --- whole deliveries --------------------------------------------------------------------------------------------


def own_columns(path):
    """The small county under columns that nobody knows."""
    for layer, made in tiers(shapes()).items():
        fields = {"nummer": made, "bezeichnung": [NAMES[code] for code in made]}
        write(path, layer, [shapes()[c] for c in made], fields, driver="GPKG", crs="EPSG:4490", append=path.exists())
    return path


def test_columns_can_be_named(tmp_path):
    path = own_columns(tmp_path / "a.gpkg")
    with pytest.raises(Refused, match=r"nummer, bezeichnung.*--code"):
        read(path)
    delivery = read(path, choice=Choice(code=("CODE", "Nummer"), name=("bezeichnung",)))
    assert {cell.code: cell.name for cell in delivery.cells} == NAMES
    assert {fact.code_column for fact in delivery.facts} == {"nummer"}


@pytest.mark.parametrize(
    ("choice", "code"),
    [({"code": ("colour",)}, "column_not_there"), ({"layer": ("hamlet",)}, "layer_not_there")],
)
def test_a_column_and_a_layer_that_are_not_there_are_refused(tmp_path, choice, code):
    with pytest.raises(Refused) as refused:
        read(geopackage(tmp_path / "a.gpkg"), choice=Choice(**choice))
    assert refused.value.code == code


def beside(path, layer, **fields):
    """One more polygon in a layer of its own."""
    write(path, layer, [shapely.box(117, 37, 117.1, 37.1)], fields, driver="GPKG", crs="EPSG:4490", append=True)
    return path


def test_polygons_that_are_no_borders_are_left_out_and_said(tmp_path):
    delivery = read(beside(geopackage(tmp_path / "a.gpkg"), "地类图斑", DLMC=["水田"], DLBM=["0101"]))
    assert counts(delivery) == [1, 2, 8]
    assert [finding.params for finding in codes(delivery, "layer_no_code")] == [
        {"layer": "地类图斑", "columns": "DLMC, DLBM"}
    ]


def test_a_layer_whose_name_says_that_it_is_needed_is_not_left_out(tmp_path):
    path = beside(geopackage(tmp_path / "a.gpkg"), "乡镇驻地", colour=["red"])
    with pytest.raises(Refused, match=r"乡镇驻地.*colour"):
        read(path)
    delivery = read(path, choice=Choice(layer=("county", "township", "village")))
    assert counts(delivery) == [1, 2, 8]
    assert [finding.params for finding in codes(delivery, "layer_unwanted")] == [{"layer": "乡镇驻地"}]


def test_codes_of_nineteen_digits_are_tidied_in_the_parent_column_too(tmp_path):
    for layer, made in tiers(shapes()).items():
        parents = [code[:-3].ljust(19, "0") if len(code) > 6 else "" for code in made]
        fields = {"code": [code.ljust(19, "0") for code in made], "name": [NAMES[c] for c in made], "parent": parents}
        path = tmp_path / "a.gpkg"
        write(path, layer, [shapes()[c] for c in made], fields, driver="GPKG", crs="EPSG:4490", append=path.exists())
    delivery = read(path)
    assert not delivery.findings
    assert under(delivery)["370900101203"] == ("370900101000", "column")


@pytest.mark.parametrize("epsg", [4498, 4509, 4548, 32650])  # zones of 6 and 3 degrees, and UTM
def test_a_zone_comes_in_by_its_number_from_a_geopackage(tmp_path, epsg):
    delivery = read(geopackage(tmp_path / "a.gpkg", gauss_kruger(shapes(), epsg), crs=f"EPSG:{epsg}"))
    assert {fact.epsg for fact in delivery.facts} == {epsg}
    for cell in delivery.cells:
        off = np.abs(np.subtract(shapely.from_wkb(cell.boundary).bounds, shapes()[cell.code].bounds)).max()
        assert off < 1e-6
