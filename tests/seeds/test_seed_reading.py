"""Reading seeds: what comes back, and that nothing comes back from a file that is not as it should be."""

import hashlib
from datetime import date

import pytest

import seeds
from seeds import SeedError, manifest


def edit(path, old, new):
    """Change a file's text and leave the manifest as it was."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_rows_come_back_typed_and_know_where_they_stand(small):
    duty = seeds.read("duties", small.root).rows[1]
    assert (duty.line_from, duty.deadline_on, duty.target_number) == (4, date(2025, 12, 31), "12")
    assert duty.origin == "duties/900.csv:3"


def test_rows_come_with_the_files_they_were_read_from(small):
    rows = seeds.read("duties", small.root)
    sha256 = hashlib.sha256((small.root / "duties/900.csv").read_bytes()).hexdigest()
    assert [(f.name, f.sha256) for f in rows.files] == [("duties/900.csv", sha256)]


def test_duties_of_several_files_are_read_together(small):
    (small.root / "duties/901.csv").write_bytes(
        (small.root / "duties/900.csv").read_bytes().replace(b"900-0", b"901-0")
    )
    manifest.rewrite(small.root)
    assert [d.code for d in seeds.read("duties", small.root)] == ["900-01", "900-02", "901-01", "901-02"]


def test_no_duty_lines_are_given_as_a_range_or_one_by_one(small):
    document = seeds.read("documents", small.root).rows[0]
    assert [item.lines for item in document.no_duty] == [(1,), (5,)]


def test_an_edited_row_is_named(small):
    edit(small.root / "duties/900.csv", "检查", "不检查")
    with pytest.raises(SeedError, match=r"duties/900\.csv, row 3: not as recorded"):
        seeds.read("duties", small.root)


def test_a_cut_off_file_names_the_first_row_that_is_missing(small):
    path = small.root / "duties/900.csv"
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:2]) + b"\n")
    with pytest.raises(SeedError, match=r"duties/900\.csv, row 3 \(rows are missing\)"):
        seeds.read("duties", small.root)


def test_a_wrong_hash_in_the_manifest_is_refused(small):
    sha256 = hashlib.sha256((small.root / "departments.csv").read_bytes()).hexdigest()
    edit(small.root / manifest.NAME, sha256, "0" * 64)
    with pytest.raises(SeedError, match=r"departments\.csv: not as recorded in MANIFEST\.csv"):
        seeds.read("departments", small.root)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",anchor,", ",", r"row 1: missing column anchor"),
        (",anchor,", ",anker,", r"row 1: missing column anchor; unknown column 'anker'"),
        ("code,document", "document,code", r"row 1: the columns must stand in this order"),
        (",county,county,", ",county,", r"row 2: 24 cells instead of 25"),
        ("900,1,2,", "900,1,two,", r"row 2, column line_from: 'two'"),
        ("county,responsible", "county,boss", r"row 2, column role: 'boss': must be one of"),
        ("2025-12-31", "31.12.2025", r"row 3, column deadline_on: '31\.12\.2025'"),
        ("900-02", "900-01", r"row 3: 900-01 stands already at duties/900\.csv:2"),
        ("组织巡查", " 组织巡查", r"row 2, column zh: .*space before or after"),
        ("组织巡查", '"组织巡查', r"row \d: unexpected end of data|row \d: "),
    ],
)
def test_a_damaged_table_names_file_and_row_even_when_the_manifest_agrees(small, old, new, message):
    edit(small.root / "duties/900.csv", old, new)
    manifest.rewrite(small.root)
    with pytest.raises(SeedError, match=r"duties/900\.csv, " + message):
        seeds.read("duties", small.root)


def test_bytes_that_are_not_utf8_name_their_row(small):
    path = small.root / "duties/900.csv"
    path.write_bytes(path.read_bytes().replace("检查".encode(), b"\xff\xfe"))
    with pytest.raises(SeedError, match=r"duties/900\.csv, row 3: not UTF-8"):
        seeds.read("duties", small.root)


def test_windows_line_ends_are_refused(small):
    path = small.root / "duties/900.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(SeedError, match=r"duties/900\.csv, row 1: line ends must be LF"):
        seeds.read("duties", small.root)


def test_a_file_that_is_gone_is_missed(small):
    (small.root / "duties/900.csv").unlink()
    with pytest.raises(SeedError, match=r"duties/900\.csv: the file is missing"):
        seeds.read("duties", small.root)


def test_a_file_nobody_recorded_is_refused(small):
    (small.root / "duties/999.csv").write_bytes((small.root / "duties/900.csv").read_bytes())
    with pytest.raises(SeedError, match=r"duties/999\.csv: not in MANIFEST\.csv"):
        seeds.read("duties", small.root)


@pytest.mark.parametrize("text", ["", "file,sha256\n", "file,sha256,lines\nonly-a-name\n"])
def test_a_damaged_manifest_is_refused(small, text):
    (small.root / manifest.NAME).write_text(text, "utf-8")
    with pytest.raises(SeedError, match=r"MANIFEST\.csv, row \d"):
        seeds.read("duties", small.root)


def test_no_manifest_no_rows(small):
    (small.root / manifest.NAME).unlink()
    with pytest.raises(SeedError, match=r"MANIFEST\.csv: cannot be read"):
        seeds.read("duties", small.root)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title_en = "Plan"\n', "", "title_en"),
        ('script = "traditional"', 'script = "latin"', "script must be"),
        ("lines = [5]", "lines = [6]", "not within 1 to 5"),
        ('sha256 = "', 'sha256 = "x', "is no sha256"),
        ("lines = 5", "lines = ", "Invalid value"),
        ("to = 1", "till = 1", r"documents/900\.toml: a \[\[no_duty\]\] lacks 'to'"),
        (
            "[[no_duty]]\nfrom",
            '[[part]]\ncode = "all"\nfacts = [{zh = "县", en = "county"}]\n\n[[no_duty]]\nfrom',
            r"documents/900\.toml: a fact of a \[\[part\]\] lacks 'lines'",
        ),
        ("lines = 5", 'lines = "5"', r"documents/900\.toml: "),
    ],
)
def test_a_damaged_document_is_refused(small, old, new, message):
    edit(small.root / "documents/900.toml", old, new)
    manifest.rewrite(small.root)
    with pytest.raises(SeedError, match=message):
        seeds.read("documents", small.root)


def test_recording_on_purpose_makes_an_edited_file_readable_again(small):
    small.write(duties=[small.patrol | {"zh": "常去巡查"}])
    assert [d.zh for d in seeds.read("duties", small.root)] == ["常去巡查"]
