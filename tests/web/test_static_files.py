"""Addresses of static files: another content, another address."""

from pathlib import Path

import pytest

from webapp.web import static_files


def test_the_address_of_a_script_changes_with_any_script_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(static_files.ROOTS, "own", tmp_path)
    (tmp_path / "js").mkdir()

    def stamp_with(deepest: str) -> str:
        (tmp_path / "js/a.js").write_text('import { b } from "./b.js";\n')
        (tmp_path / "js/b.js").write_text('import { c } from "./c.js";\n')
        (tmp_path / "js/c.js").write_text(deepest)
        static_files.stamp.cache_clear()
        return static_files.stamp("own", "js/a.js")

    first, second = stamp_with("1;"), stamp_with("2;")
    assert first != second
    assert stamp_with("1;") == first
    static_files.stamp.cache_clear()
