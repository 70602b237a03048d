"""gis/archive.py: what a zip may hold, and that nothing of it is ever written to disk."""

import stat
import struct
import zipfile

import pytest
from boundary_files import zipped

from gis import archive
from gis.delivery import Refused

SHP = archive.MAGIC + bytes(96)
WHOLE = {"a.shp": SHP, "a.shx": SHP, "a.dbf": b"dbf"}


def refusal(path):
    with pytest.raises(Refused) as refused:
        archive.contents(path)
    return refused.value.code


def test_the_parts_of_each_shapefile_are_found(tmp_path):
    path = zipped(
        tmp_path / "a.zip", {**WHOLE, "a.PRJ": b"prj", "a.cpg": b"GBK", "a.sbn": b"ignored", "a.shp.xml": b"ignored"}
    )
    assert archive.contents(path).layers == {
        "a": {".shp": SHP, ".shx": SHP, ".dbf": b"dbf", ".prj": b"prj", ".cpg": b"GBK"}
    }


def test_names_packed_on_a_chinese_windows_are_readable(tmp_path):
    zipped(tmp_path / "a.zip", {f"cunjie{part[1:]}": content for part, content in WHOLE.items()})
    spelled = (tmp_path / "a.zip").read_bytes().replace(b"cunjie", "村界县".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(spelled)
    assert list(archive.contents(tmp_path / "a.zip").layers) == ["村界县"]


@pytest.mark.parametrize(
    "name", ["../a.shp", "/etc/a.shp", "..\\a.shp", "C:a.shp", "a/../b.shp", "a//b.shp", "./a.shp"]
)
def test_a_member_that_leads_elsewhere_is_refused_by_name(tmp_path, name):
    assert refusal(zipped(tmp_path / "a.zip", {**WHOLE, name: b""})) == "zip_member"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip"]


BESIDE = (
    *("a.exe", "网格.mxd", "网格图.jpg", "a.lyr", "notes", "__MACOSX/._a.shp", "__MACOSX/a.shp", ".DS_Store", ".shp"),
    *("其他/说明.docx", "b.prj", "名单.dbf", "folder/a.prj", ".hidden/b.shp", "old.zip"),
)


def test_whatever_lies_beside_is_ignored_and_named_at_once(tmp_path):
    path = zipped(tmp_path / "a.zip", {**WHOLE, "empty/": b"", **dict.fromkeys(BESIDE, b"evil" * 50)})
    found = archive.contents(path)
    assert found.layers == {"a": {name[1:]: content for name, content in WHOLE.items()}}
    assert found.aside == BESIDE


def test_index_and_lock_files_are_not_worth_a_word(tmp_path):
    names = ("a.sbn", "a.shp.xml", "a.XZQDM.atx", "a.shp.PC01.1234.sr.lock")
    assert archive.contents(zipped(tmp_path / "a.zip", {**WHOLE, **dict.fromkeys(names, b"")})).aside == ()


def test_layers_may_lie_in_whatever_folders(tmp_path):
    files = {f"成果/矢量/{name}": content for name, content in WHOLE.items()}
    files |= {f"b/{name.replace('a', 'b')}": content for name, content in WHOLE.items()}
    assert sorted(archive.contents(zipped(tmp_path / "a.zip", files)).layers) == ["a", "b"]


def test_one_layer_in_two_folders_is_refused(tmp_path):
    files = {f"{folder}/{name}": content for folder in ("新", "旧") for name, content in WHOLE.items()}
    assert refusal(zipped(tmp_path / "a.zip", files)) == "zip_twice"


@pytest.mark.parametrize("name", ["村界.zip", "成果/村界.RAR", "a.7z"])
def test_an_archive_in_the_archive_is_said_as_such(tmp_path, name):
    assert refusal(zipped(tmp_path / "a.zip", {name: b"PK", "readme.txt": b""})) == "zip_in_zip"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR])
def test_a_link_or_device_is_refused(tmp_path, kind):
    info = zipfile.ZipInfo("a.prj")
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for name, content in WHOLE.items():
            made.writestr(name, content)
        made.writestr(info, "/etc/passwd")
    assert refusal(tmp_path / "a.zip") == "zip_member"


def test_more_than_twenty_files_are_refused(tmp_path):
    assert refusal(zipped(tmp_path / "a.zip", {f"{n}.shp": b"" for n in range(21)})) == "zip_too_many"
    assert refusal(zipped(tmp_path / "b.zip", {f"{n}.sbn": b"" for n in range(500)})) == "zip_too_many"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    def unpack(*_, **__):
        raise AssertionError("unpacked")

    bomb, harmless = zipped(tmp_path / "a.zip", {**WHOLE, "a.cpg": bytes(4_000_000)}), zipped(tmp_path / "b.zip", WHOLE)
    monkeypatch.setattr(zipfile.ZipFile, "open", unpack)
    with pytest.raises(AssertionError, match="unpacked"):
        archive.contents(harmless)
    assert refusal(bomb) == "zip_ratio"
    monkeypatch.setattr(archive, "UNPACKED", 3_000_000)
    assert refusal(bomb) == "zip_too_big"


def test_a_member_that_is_larger_than_it_declares_is_damage(tmp_path):
    path = zipped(tmp_path / "a.zip", {**WHOLE, "a.cpg": bytes(1_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", 100)))
    assert refusal(path) == "damaged"


def test_encryption_and_unusual_packing_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as made:
        made.writestr("a.shp", SHP)
    assert refusal(tmp_path / "a.zip") == "zip_locked"
    data = bytearray(zipped(tmp_path / "b.zip", WHOLE).read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert refusal(tmp_path / "b.zip") == "zip_locked"


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_refused(tmp_path, part):
    assert (
        refusal(
            zipped(tmp_path / "a.zip", {name: content for name, content in WHOLE.items() if not name.endswith(part)})
        )
        == "shapefile_incomplete"
    )


def test_what_only_calls_itself_a_shapefile_is_refused(tmp_path):
    assert refusal(zipped(tmp_path / "a.zip", {**WHOLE, "a.shp": b"<OGRVRTDataSource>"})) == "damaged"


def test_the_same_part_twice_is_refused(tmp_path):
    assert refusal(zipped(tmp_path / "a.zip", {**WHOLE, "a.SHP": SHP})) == "zip_twice"


INSIDE = {f"县界/{name}": content for name, content in WHOLE.items()}


def test_all_may_lie_in_one_folder(tmp_path):
    whole = {"a": {name[1:]: content for name, content in WHOLE.items()}}
    assert archive.contents(zipped(tmp_path / "a.zip", {"县界/": b"", **INSIDE})) == (whole, (), "shapefiles")
    assert archive.contents(zipped(tmp_path / "b.zip", INSIDE)) == (whole, (), "shapefiles")


@pytest.mark.parametrize("names", [("说明.TXT", "a.pdf"), ("县界/说明.docx", "readme.md"), ("县界/a.xlsx",)])
def test_documents_are_left_unopened_and_named(tmp_path, names):
    found = archive.contents(zipped(tmp_path / "a.zip", {**INSIDE, **dict.fromkeys(names, b"\0" * 5_000_000)}))
    assert list(found.layers) == ["a"]
    assert found.aside == names


@pytest.mark.parametrize("folder", ["..", ".", "", "/", "C:", "..\\x", "one/..", "//", "a\\b"])
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path, folder):
    assert (
        refusal(zipped(tmp_path / "a.zip", {f"{folder}/{name}": content for name, content in WHOLE.items()}))
        == "zip_member"
    )


@pytest.mark.parametrize("name", ["readme.txt", "县界/readme.txt", "县界/"])
def test_a_link_is_refused_under_every_name(tmp_path, name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for member, content in INSIDE.items():
            made.writestr(member, content)
        made.writestr(info, "/etc/passwd")
    assert refusal(tmp_path / "a.zip") == "zip_member"


def test_the_limits_hold_in_a_folder_too(tmp_path, monkeypatch):
    assert refusal(zipped(tmp_path / "a.zip", {f"x/{n}.shp": b"" for n in range(21)})) == "zip_too_many"
    assert (
        refusal(zipped(tmp_path / "b.zip", {**INSIDE, **{f"{n}.pdf": b"" for n in range(archive.ENTRIES)}}))
        == "zip_too_many"
    )
    bomb = zipped(tmp_path / "c.zip", {**INSIDE, "县界/a.cpg": bytes(4_000_000)})
    assert refusal(bomb) == "zip_ratio"
    assert refusal(zipped(tmp_path / "d.zip", {**INSIDE, "县界/a.SHP": SHP})) == "zip_twice"


@pytest.mark.parametrize("name", ["县界/../a.pdf", "../a.pdf", "县界//", "县界//a.pdf"])
def test_what_is_ignored_may_not_lead_elsewhere_either(tmp_path, name):
    assert refusal(zipped(tmp_path / "a.zip", {**INSIDE, name: b""})) == "zip_member"
