"""gis/text.py and gis/clean.py: which encoding a text is in, and what is taken out of codes and names."""

import pytest
from boundary_files import NAMES, codes, gbk_zip, geojson, shapes

from gis import clean, text
from gis.read import Refused, read

LAYERS = ("county", "township", "village")
CHINESE, KOREAN, GERMAN = ["测试县", "吳家村"], ["진천군"], ["Mühlehorn", "Rüschlikon"]


def chosen(words, codec, cpg=None, ldid=0):
    """How these words, written in a codec, are read where the files say this."""
    named = text.said(cpg, bytes(29) + bytes([ldid]), "x")
    return text.choose([word.encode(codec) for word in words], named, "x")[0]


@pytest.mark.parametrize(
    ("words", "codec", "cpg", "ldid", "read_as"),
    [
        (CHINESE, "utf-8", b"GBK", 0, "utf-8"),
        (CHINESE, "utf-8", None, 0x4D, "utf-8"),
        (CHINESE, "utf-8", None, 0, "utf-8"),
        (CHINESE, "gbk", None, 0x57, "gb18030"),
        (CHINESE, "gbk", b"ISO-8859-1", 0, "gb18030"),
        (CHINESE, "gbk", b"UTF-8", 0, "gb18030"),
        (CHINESE, "gbk", b"\xef\xbb\xbfOEM 936\r\n", 0, "gb18030"),
        (CHINESE, "gbk", b"system", 0, "gb18030"),
        (KOREAN, "cp949", b"949", 0, "cp949"),
        (KOREAN, "cp949", None, 0x4E, "cp949"),
        (GERMAN, "latin-1", b"ISO-8859-1", 0, "cp1252"),
        (["Rivers"], "ascii", b"GBK", 0, "gb18030"),
        (["联通"], "gbk", b"GBK", 0, "gb18030"),  # its bytes are UTF-8 by accident
    ],
)
def test_a_text_is_read_as_the_file_says_unless_the_bytes_say_otherwise(words, codec, cpg, ldid, read_as):
    assert chosen(words, codec, cpg, ldid) == read_as


@pytest.mark.parametrize(
    ("cpg", "ldid", "code", "said"),
    [(b"KOI8-R", 0, "cpg_unknown", "KOI8-R"), (b"\xff\xff", 0, None, None), (None, 0xC9, "ldid_unknown", "0xC9")],
)
def test_a_statement_that_is_not_known_is_refused_by_name(cpg, ldid, code, said):
    if code is None:
        assert chosen(CHINESE, "gbk", cpg, ldid) == "gb18030"
        return
    with pytest.raises(Refused, match=said) as refused:
        chosen(CHINESE, "gbk", cpg, ldid)
    assert refused.value.code == code


def test_a_cpg_is_believed_before_a_language_that_is_not_known():
    assert chosen(CHINESE, "gbk", b"GBK", 0xC9) == "gb18030"


def test_utf8_under_a_language_byte_of_gbk_is_taken_and_said(tmp_path):
    said = {f"XZQ_{layer}.cpg": b"GBK" for layer in LAYERS}
    delivery = read(gbk_zip(tmp_path, encoding="utf-8", **said))
    assert {cell.name for cell in delivery.cells} == set(NAMES.values())
    assert {(finding.params["said"], finding.params["used"]) for finding in codes(delivery, "encoding_wrong")} == {
        ("gb18030", "utf-8")
    }


@pytest.mark.parametrize(("rows", "level"), [(3, "warning"), (4, "error")])
def test_a_few_cut_names_are_a_warning_and_many_an_error(tmp_path, monkeypatch, rows, level):
    for code in list(NAMES)[-rows:]:
        monkeypatch.setitem(NAMES, code, code[-3:] + "很" * 84)  # 255 bytes in UTF-8, a field holds 254
    delivery = read(gbk_zip(tmp_path, encoding="utf-8"))
    (finding,) = (finding for finding in delivery.findings if finding.code.startswith("text_cut"))
    assert (finding.level, len(finding.rows)) == (level, rows)


@pytest.mark.parametrize(("rows", "level"), [(3, "warning"), (4, "error")])
def test_a_few_private_characters_are_a_warning_and_many_an_error(tmp_path, monkeypatch, rows, level):
    for code in list(NAMES)[-rows:]:
        monkeypatch.setitem(NAMES, code, f"\ue123{code}村")
    delivery = read(geojson(tmp_path / "a.geojson"))
    (finding,) = (finding for finding in delivery.findings if finding.code.startswith("text_private"))
    assert (finding.level, len(finding.rows)) == (level, rows)


@pytest.mark.parametrize("name", ["东\ud800村", "东\0村"])
def test_half_a_character_in_a_name_is_an_error_of_its_row(tmp_path, monkeypatch, name):
    monkeypatch.setitem(NAMES, "370900101203", name)
    delivery = read(geojson(tmp_path / "a.geojson"))
    assert [(finding.code, finding.rows) for finding in delivery.errors] == [
        ("text_damaged", ("370900101203 东\ufffd村",))
    ]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_with_the_way_out(tmp_path, codec):
    path = geojson(tmp_path / "a.geojson")
    path.write_bytes(path.read_text().encode(codec))
    with pytest.raises(Refused, match="UTF-8"):
        read(path)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_geojson_that_ends_within_a_character_is_refused_with_a_reason(tmp_path, cut):
    path = tmp_path / "a.geojson"
    whole = '{"type": "FeatureCollection", "features": [], "name": "县'.encode()
    path.write_bytes(whole[:-cut])
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.code == "json_bad"


def test_a_name_of_a_property_that_is_no_text_is_harmless(tmp_path):
    path = geojson(tmp_path / "a.geojson")
    path.write_text(path.read_text().replace('"properties": {', r'"properties": {"\ud800x": 1, '))
    assert len(read(path).cells) == 11


# --- what is taken out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        *(" 370900 \u3000\t", "\ufeff370900", "３７０９００", "370900.0", "370900.00", "3709 00", "370\u200b900"),
        *("\u202a370900\u202c", "'370900", "370900\xa0", "370900\r\n"),
    ],
)
def test_a_code_is_its_digits_however_it_was_written(written):
    assert clean.code(written) == "370900" == clean.parent(written)


@pytest.mark.parametrize("code", ["A-370900", "1.00E+10", "3709.05", "370900100"])
def test_what_is_no_slip_of_the_pen_stays_in_a_code(code):
    assert clean.code(code) == code


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("\u3000东 一\u3000村\t", "东 一 村"),
        ("\n", ""),
        ("\u3000", ""),
        ("\u200b", ""),
        ("东\u202e一\u200b村", "东一村"),
        ("１号村", "１号村"),
    ],
)
def test_a_name_has_no_invisible_characters_and_single_spaces(written, name):
    assert clean.name(written) == name == clean.parent(written)


def test_what_was_cleaned_is_said_with_its_rows(tmp_path):
    renamed = {"\ufeff" + code if code == "370900101203" else code: shape for code, shape in shapes().items()}
    delivery = read(geojson(tmp_path / "a.geojson", renamed))
    (finding,) = delivery.findings
    assert (finding.code, len(finding.rows)) == ("cleaned", 1)
    assert {cell.code for cell in delivery.cells} == set(NAMES)
