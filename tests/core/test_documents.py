"""PDF and office files: kept byte for byte and never opened; taken only when name and first bytes say the same."""

import hashlib
import io
import re
from pathlib import Path

import pytest

from webapp.core import files
from webapp.core.errors import Refused
from webapp.core.files import DocumentFile

ZIP, OLE, PDF = b"PK\x03\x04 and so on", bytes.fromhex("d0cf11e0a1b11ae1") + b" and so on", b"%PDF-1.7 and so on"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def keep(tmp_path: Path, sent: bytes, name: str) -> DocumentFile:
    return files.keep_document(tmp_path, io.BytesIO(sent), name)


def stored(tmp_path: Path) -> list[Path]:
    return [file for file in tmp_path.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("name", "sent"),
    [("a.pdf", PDF), ("a.docx", ZIP), ("a.xlsx", ZIP), ("a.doc", OLE), ("a.xls", OLE), ("a.wps", OLE), ("a.et", OLE)],
)
def test_a_document_is_kept_byte_for_byte_under_its_hash(name: str, sent: bytes, tmp_path: Path) -> None:
    kept = keep(tmp_path, sent, name)
    assert stored(tmp_path) == [files.path(tmp_path, "originals", hashlib.sha256(sent).hexdigest())]
    assert stored(tmp_path)[0].read_bytes() == sent
    assert (kept.size, kept.name, kept.media_type) == (len(sent), name, files.DOCUMENTS[name[2:]][1])


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("a.pdf", ZIP),
        ("a.docx", OLE),
        ("a.doc", PDF),
        ("a.xlsx", b""),
        ("a.pdf", b" " + PDF),
        ("a.html", b"<script>"),
        ("a.docm", ZIP),
        ("a.pdf.exe", PDF),
        ("pdf", PDF),
        ("", PDF),
    ],
)
def test_what_is_no_document_or_says_it_is_another_is_refused_in_words_and_leaves_nothing(
    name: str, sent: bytes, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=re.escape("not a PDF or office file that we take")):
        keep(tmp_path, sent, name)
    assert stored(tmp_path) == []


def test_reading_stops_at_the_largest_size_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 100)
    assert keep(tmp_path, PDF.ljust(100), "a.pdf").size == 100
    files.path(tmp_path, "originals", hashlib.sha256(PDF.ljust(100)).hexdigest()).unlink()
    with pytest.raises(Refused, match="larger than 20 MB"):
        keep(tmp_path, PDF.ljust(101), "a.pdf")
    assert stored(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("整改报告.PDF", "整改报告.PDF"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\letters\\an answer.pdf", "an answer.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_folders_and_what_nobody_sees_and_keeps_its_ending(given: str, kept: str, tmp_path: Path) -> None:
    assert keep(tmp_path, PDF, given).name == kept


def test_a_document_that_is_held_is_young_again_and_one_that_is_gone_is_not_held(tmp_path: Path) -> None:
    kept = keep(tmp_path, PDF, "a.pdf")
    assert files.hold(tmp_path, kept)
    stored(tmp_path)[0].unlink()
    assert not files.hold(tmp_path, kept)
