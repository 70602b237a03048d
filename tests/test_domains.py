"""A domain announces itself in one file: it is found by its folder,
and what it says reaches every page that gathers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import seeds
import webapp
from webapp import domains
from webapp.access import MATRIX

ROOT = Path(webapp.__file__).parent
NO_DOMAINS = {
    "core": "stands below all domains",
    "web": "what pages share",
    "demo": "invents a county",
    "translations": "the catalogue of words",
}
CACHED = (
    domains.abouts,
    domains.menu,
    domains.log_words,
    domains.settings,
    domains.privacy,
    domains.own,
    domains.seeds,
    domains.sweep,
)
LETTER = '''
from webapp.core.announce import About, DataUse, MenuEntry, setting_rules
from webapp.core.load import SeedTable
from webapp.core.retention import Expiry

ABOUT = About(
    menu=(MenuEntry(45, "duty.read", "Letters", "letter.index"),),
    acts={"letter.sign": "Letter signed"},
    privacy={"Letters": (DataUse("letter: signed_by", "who signed", "so that it binds", "record"),)},
    settings=setting_rules("""
key          right         least
letter_days  setting.edit  3
"""),
    seeds={"letters": SeedTable(None, after=("duties",))},
    sweep={"letters": Expiry(None, None, lambda session: None)},
)
'''
OTHER_WORD = """
from webapp.core.announce import About

ABOUT = About(facts={"role": "part", "grid": "grid"})
"""
WORKER = """
import sys
from pathlib import Path
from webapp.app import create_app
from webapp.config import Config
create_app(Config("sqlite://", Path(sys.argv[1]), "k" * 40))
print([name for name in ("geopandas", "pandas", "pyogrio", "gis.read", "gis.opening") if name in sys.modules])
"""


def forget() -> None:
    """Let everything be asked anew."""
    for asked in CACHED:
        asked.cache_clear()


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a further domain, ``letter``, that is found like those of ``webapp``."""
    monkeypatch.setattr(webapp, "__path__", [*webapp.__path__, str(tmp_path)])
    (tmp_path / "letter").mkdir()
    (tmp_path / "letter" / "__init__.py").write_text("")
    forget()
    yield tmp_path / "letter"
    forget()
    for name in [name for name in sys.modules if name.startswith("webapp.letter")]:
        del sys.modules[name]


def test_every_folder_of_the_program_announces_itself_or_says_why_not() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"translations"}
    assert folders - set(domains.names()) == set(NO_DOMAINS)


def test_what_a_new_domain_announces_is_everywhere_without_another_file(planted: Path) -> None:
    (planted / "about.py").write_text(LETTER)
    assert "letter" in domains.names()
    words = [entry.word for entry in domains.menu()]
    assert words[words.index("Duties") :][:4] == ["Duties", "Letters", "Registers", "People"]
    assert domains.log_words("acts")["letter.sign"] == "Letter signed"
    assert [line.names() for line in domains.privacy()["Letters"]] == [("letter.signed_by",)]
    assert (domains.settings()["letter_days"].right, domains.settings()["letter_days"].least) == ("setting.edit", 3)
    assert list(domains.seeds()).index("letters") > list(domains.seeds()).index("duties")
    assert "letters" in domains.sweep()


def test_two_domains_cannot_say_different_things_under_one_key(planted: Path) -> None:
    (planted / "about.py").write_text(OTHER_WORD)
    with pytest.raises(ValueError, match=r"facts: 'role' .*'letter'"):
        domains.log_words("facts")
    assert domains.log_words("acts")  # what nobody disputes is still there


def test_what_is_referred_to_is_seeded_first() -> None:
    order = list(domains.seeds())
    assert set(order) == set(seeds.KINDS)
    for name, kind in domains.seeds().items():
        assert all(order.index(before) < order.index(name) for before in kind.after), name


def test_every_main_page_has_a_place_of_its_own_and_an_action_of_the_table() -> None:
    places = [entry.place for entry in domains.menu()]
    assert places == sorted(set(places)) and len(places) > 7
    assert all(entry.action in MATRIX for entry in domains.menu())


def test_a_web_worker_with_all_domains_loads_nothing_that_imports_boundaries(tmp_path: Path) -> None:
    """Folders are found while the program runs, so what they load is looked at in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    assert done.stdout.strip() == "[]"
