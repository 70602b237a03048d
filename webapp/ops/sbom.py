"""What third parties' software is installed here, as a CycloneDX 1.6 document: for whoever has to know it at once.

The names come from what ``setup.cfg`` asks for and from what those packages ask for in turn; versions, licences and
references are what the installed packages say of themselves.
"""

import uuid
from importlib.metadata import Distribution, distributions
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from ..core import clock

OURS = canonicalize_name("wangge")

Installed = dict[NormalizedName, Distribution]


def document() -> dict[str, Any]:
    """All of it; the program itself is the component that it is about."""
    installed = {canonicalize_name(each.metadata["Name"]): each for each in distributions()}
    own = installed.pop(OURS)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "metadata": {
            "timestamp": clock.now().isoformat(),
            "component": _component(own, "application"),
        },
        "components": [_component(installed[name], "library") for name in sorted(installed)],
        "dependencies": [_needs(own, installed), *(_needs(installed[name], installed) for name in sorted(installed))],
    }


def _reference(package: Distribution) -> str:
    return f"pkg:pypi/{canonicalize_name(package.metadata['Name'])}@{package.version}"


def _component(package: Distribution, kind: str) -> dict[str, Any]:
    reference = _reference(package)
    return {
        "type": kind,
        "bom-ref": reference,
        "name": canonicalize_name(package.metadata["Name"]),
        "version": package.version,
        "purl": reference,
        "licenses": _licences(package),
    }


def _licences(package: Distribution) -> list[dict[str, Any]]:
    """The expression, where the package has one, else the names in its classifiers, else what it calls it."""
    said: Any = package.metadata
    if expression := said.get("License-Expression"):
        return [{"expression": expression}]
    classified = [each for each in said.get_all("Classifier", []) if each.startswith("License ::")]
    names = [each.rpartition(" :: ")[2] for each in classified] or (said.get("License") or "").splitlines()[:1]
    return [{"license": {"name": name.strip()}} for name in names]


def _needs(package: Distribution, installed: Installed) -> dict[str, Any]:
    asked = [Requirement(line) for line in package.requires or ()]
    names = {
        canonicalize_name(each.name) for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})
    }
    return {
        "ref": _reference(package),
        "dependsOn": [_reference(installed[name]) for name in sorted(names & installed.keys())],
    }
