"""The list of third parties' software names everything that the pinned list installs, as it is installed."""

import json
import re
from importlib.metadata import version
from pathlib import Path

from click.testing import CliRunner
from packaging.requirements import Requirement

from webapp.cli import main

ROOT = Path(__file__).parent.parent


def pinned() -> dict[str, str]:
    """Name → version of what the list installs on this machine."""
    lines = re.findall(r"^(\S[^\n]*?) \\$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {each.name: str(each.specifier)[2:] for each in found if each.marker is None or each.marker.evaluate()}


def test_every_pinned_package_is_in_it_with_its_licence_and_what_it_needs(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["sbom", str(tmp_path / "sbom.json")], env={"DATA_DIR": str(tmp_path / "none")})
    assert done.exit_code == 0, done.output
    said = json.loads((tmp_path / "sbom.json").read_text())
    assert (said["bomFormat"], said["specVersion"], said["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", said["serialNumber"])
    parts = {each["name"]: each for each in said["components"]}
    wanted = pinned()
    assert len(wanted) > 40 and wanted.keys() - {"setuptools"} <= parts.keys()
    for name in wanted.keys() & parts.keys():
        assert parts[name]["version"] == version(name)
        assert parts[name]["purl"] == f"pkg:pypi/{name}@{version(name)}" == parts[name]["bom-ref"]
    says_nothing = {"pysqlite3"}  # of its licence, where others say it
    assert {name for name in wanted if name in parts and not parts[name]["licenses"]} <= says_nothing
    needs = {each["ref"]: each["dependsOn"] for each in said["dependencies"]}
    assert parts["flask"]["purl"] in needs[said["metadata"]["component"]["bom-ref"]]
    assert parts["werkzeug"]["purl"] in needs[parts["flask"]["purl"]]
    assert {ref for refs in needs.values() for ref in refs} <= needs.keys()
