"""The operator's command makes the same files, of all records."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select

from gis import read
from webapp.cli import main
from webapp.core.models import AuditEntry

Run = tuple[int, str]


@pytest.fixture
def folder(seeded_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "wangge.db").write_bytes(seeded_file.read_bytes())
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def run(*words: str) -> Run:
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


def test_all_records_of_a_kind_go_into_a_file(folder: Path) -> None:
    borders = folder / "borders.geojson"
    ring = [[110.0, 35.0], [110.1, 35.0], [110.1, 35.1], [110.0, 35.1], [110.0, 35.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    codes = {"999901000000": "测试县", "999901100000": "甲镇", "999901100200": "甲1村"}
    rows = [
        f'{{"type": "Feature", "properties": {{"code": "{code}", "name": "{name}"}}, "geometry": {shape}}}'
        for code, name in codes.items()
    ]
    text = f'{{"type": "FeatureCollection", "features": [{", ".join(rows)}]}}'
    borders.write_text(text.replace("'", '"'), encoding="utf-8")
    code, said = run("grids", "import", str(borders), "--yes")
    assert code == 0, said
    for suffix in ("gpkg", "zip", "geojson"):
        file = folder / f"out.{suffix}"
        assert run("export", "grids", str(file), "--encoding", "GB18030") == (0, f"{file}: 3 rows.\n")
        assert {cell.code: cell.name for cell in read.read(file).cells} == codes
    engine = create_engine(f"sqlite:///{folder / 'wangge.db'}")
    with engine.connect() as db:
        lines = db.execute(select(AuditEntry.person_id).where(AuditEntry.action == "export.make")).all()
    engine.dispose()
    assert lines == [(None,)] * 3


def test_nothing_is_written_over_and_nothing_is_left_of_what_was_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.export import service

    there = folder / "there.csv"
    there.write_text("mine")
    assert "is there already" in run("export", "reports", str(there))[1] and there.read_text() == "mine"
    for words in (("people", "a.csv"), ("reports", "a.exe"), ("reports", "a.zip", "--encoding", "Big5")):
        code, said = run("export", words[0], str(folder / words[1]), *words[2:])
        assert code == 1 and "There is no such kind" in said and not (folder / words[1]).exists()
    monkeypatch.setattr(service, "MOST", -1)
    code, said = run("export", "reports", str(folder / "b.csv"))
    assert code == 1 and "Choose a shorter period" in said and not (folder / "b.csv").exists()
