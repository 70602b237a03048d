"""gis/read.py: which tier a cell is of, which columns hold code and name, and which parent it has."""

import numpy as np
import pytest
import shapely
from boundary_files import (
    NAMES,
    codes,
    counts,
    geopackage,
    shapes,
    under,
    write,
)

from gis.read import Refused, read


def write_tiers(path, coded, layers, **parents):
    """Layers under these names, `coded` as {tier: {code: shape}}."""
    for layer, (tier, made) in zip(layers, coded.items(), strict=True):
        fields = {"dm": list(made), "mc": [f"名{code}" for code in made]}
        if f"parent{tier}" in parents:
            fields["sjdm"] = parents[f"parent{tier}"]
        write(path, layer, list(made.values()), fields, driver="GPKG", crs="EPSG:4490", append=path.exists())
    return path


def by_tier(rename=lambda code: code):
    return {
        tier: {rename(code): shape for code, shape in shapes().items() if len(code) == length}
        for tier, length in ((1, 6), (2, 9), (3, 12))
    }


@pytest.mark.parametrize(
    "rename",
    [
        lambda code: code,
        lambda code: code[1:],  # 5, 8, 11
        lambda code: code.ljust(12, "0"),
        lambda code: code.ljust(19, "0"),  # the land survey's codes, with the digits of the group
        lambda code: code.replace("370900", "370").ljust(12, "0"),
        lambda code: "A-" + code,
    ],
    ids=["6-9-12", "5-8-11", "12 filled up", "19 filled up", "3-6-9 filled up", "with letters"],
)
def test_codes_of_any_length_tell_the_parent(tmp_path, rename):
    delivery = read(write_tiers(tmp_path / "a.gpkg", by_tier(rename), ("county", "township", "village")))
    assert counts(delivery) == [1, 2, 8]
    assert {cell.how_parent for cell in delivery.cells if cell.tier > 1} == {"prefix"}
    for cell in delivery.cells:
        if cell.tier > 1:
            parent = shapely.from_wkb(delivery.cells[cell.parent].boundary)
            assert parent.covers(shapely.from_wkb(cell.boundary))


def test_a_code_that_begins_like_no_township_does_not_spoil_the_others(tmp_path):
    odd = "370900999200"
    delivery = read(
        write_tiers(
            tmp_path / "a.gpkg",
            by_tier(lambda code: odd if code == "370900101203" else code),
            ("county", "township", "village"),
        )
    )
    assert under(delivery)[odd] == ("370900101", "place")
    assert under(delivery)["370900101202"] == ("370900101", "prefix")


def test_layers_without_telling_names_are_told_apart_by_their_codes(tmp_path):
    delivery = read(write_tiers(tmp_path / "a.gpkg", by_tier(), ("layer_b", "layer_c", "layer_a")))
    assert {fact.layer: fact.tier for fact in delivery.facts} == {"layer_a": 3, "layer_b": 1, "layer_c": 2}


def test_two_layers_without_telling_names_are_refused(tmp_path):
    two = {tier: made for tier, made in by_tier(lambda code: code[1:]).items() if tier > 1}
    with pytest.raises(Refused) as refused:
        read(write_tiers(tmp_path / "a.gpkg", two, ("one", "two")))
    assert refused.value.code == "tiers_unclear"


def test_unrelated_codes_leave_the_place_to_tell_the_parent(tmp_path):
    scrambled = {
        tier: {f"{'xyz'[tier - 1]}{n}": shape for n, shape in enumerate(made.values())}
        for tier, made in by_tier().items()
    }
    delivery = read(write_tiers(tmp_path / "a.gpkg", scrambled, ("county", "township", "village")))
    assert {cell.how_parent for cell in delivery.cells if cell.tier > 1} == {"place"}
    assert [delivery.cells[cell.parent].code for cell in delivery.cells if cell.tier == 3] == ["y0"] * 4 + ["y1"] * 4


def test_a_village_across_the_border_belongs_where_most_of_it_lies(tmp_path):
    scrambled = {
        1: {"x": shapes()["370900"]},
        2: {"y0": shapes()["370900100"], "y1": shapes()["370900101"]},
        3: {"z": shapely.box(117.0, 37.2, 117.25, 37.4)},
    }
    delivery = read(write_tiers(tmp_path / "a.gpkg", scrambled, ("county", "township", "village")))
    assert under(delivery)["z"] == ("y1", "place")


def test_a_village_drawn_far_beyond_the_county_belongs_where_it_still_touches_it(tmp_path):
    scrambled = {
        1: {"x": shapes()["370900"]},
        2: {"y0": shapes()["370900100"], "y1": shapes()["370900101"]},
        3: {"z": shapely.box(117.0, 37.4, 117.25, 37.9)},
    }  # its middle lies in no township
    delivery = read(write_tiers(tmp_path / "a.gpkg", scrambled, ("county", "township", "village")))
    assert under(delivery)["z"] == ("y1", "place")


def test_a_parent_column_may_say_the_name(tmp_path):
    names = ["名370900100"] * 4 + ["名370900101"] * 4
    delivery = read(write_tiers(tmp_path / "a.gpkg", by_tier(), ("county", "township", "village"), parent3=names))
    assert under(delivery)["370900101203"] == ("370900101", "column")


def test_a_parent_that_does_not_exist_is_an_error_and_the_code_is_followed(tmp_path):
    said = ["370900100"] * 4 + ["370900101"] * 3 + ["370999"]
    delivery = read(write_tiers(tmp_path / "a.gpkg", by_tier(), ("county", "township", "village"), parent3=said))
    (finding,) = delivery.errors
    assert (finding.code, finding.params, finding.rows) == (
        "parent_unknown",
        {"parent": "370999"},
        ("370900101203 名370900101203",),
    )
    assert under(delivery)["370900101203"] == ("370900101", "prefix")


def test_a_layer_without_a_code_column_is_refused_with_the_columns_it_has(tmp_path):
    write(
        tmp_path / "a.gpkg",
        "village",
        list(shapes().values()),
        {"colour": list(shapes())},
        driver="GPKG",
        crs="EPSG:4490",
    )
    with pytest.raises(Refused, match="colour"):
        read(tmp_path / "a.gpkg")


def test_a_border_that_crosses_itself_is_repaired_and_said(tmp_path):
    made = shapes()
    made["370900100200"] = shapely.Polygon([(117.0, 37.0), (117.0625, 37.25), (117.0625, 37.0), (117.0, 37.25)])
    delivery = read(geopackage(tmp_path / "a.gpkg", made))
    (finding,) = codes(delivery, "invalid")
    assert finding.rows == ("370900100200 东一村",) and [delivery.cells[at].code for at in finding.cells] == [
        "370900100200"
    ]
    repaired = shapely.from_wkb(delivery.cells[finding.cells[0]].boundary)
    assert repaired.is_valid and repaired.area == pytest.approx(0.25 / 16 / 2)


def test_what_a_repair_leaves_beside_polygons_is_dropped(tmp_path):
    made = shapes()
    spike = [(117.0, 37.0), (117.0625, 37.0), (117.0625, 37.25), (117.0625, 37.5), (117.0625, 37.25), (117.0, 37.25)]
    made["370900100200"] = shapely.Polygon(spike)
    delivery = read(geopackage(tmp_path / "a.gpkg", made))
    assert {shapely.from_wkb(cell.boundary).geom_type for cell in delivery.cells} == {"Polygon"}
    assert len(codes(delivery, "invalid")) == 1


def test_numbers_as_codes_are_read_as_whole_numbers(tmp_path):
    import pyogrio.raw

    for layer, made in zip(("county", "township", "village"), by_tier().values(), strict=True):
        pyogrio.raw.write(
            tmp_path / "a.gpkg",
            np.array(shapely.to_wkb(list(made.values())), dtype=object),
            [np.array([float(code) for code in made]), np.array(list(made), dtype=object)],
            ["code", "name"],
            layer=layer,
            geometry_type="Polygon",
            driver="GPKG",
            crs="EPSG:4490",
            append=layer != "county",
        )
    assert {cell.code for cell in read(tmp_path / "a.gpkg").cells} == set(NAMES)
