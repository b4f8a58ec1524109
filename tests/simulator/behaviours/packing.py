"""Configuration packages sent to the company of a desk: what a client's pages would enter and no entity of the API holds."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from http_desk import HttpDesk
from package_of import Tables, package

CODE = "START"


def at_packages(desk: HttpDesk) -> HttpDesk:
    """Return a desk at the same company of the automation API."""
    return replace(desk, root=desk.root.replace("/api/v2.0/", "/api/microsoft/automation/v2.0/"))


def ended(packages: HttpDesk, url: str, step: str) -> Mapping[str, Any]:
    """Return the package once it is imported or applied."""
    for _ in range(500):
        found = packages.get(url)
        if found[step] not in {"Scheduled", "InProgress"}:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def fill(desk: HttpDesk, tables: Tables) -> Mapping[str, Any]:
    """Import and apply a package; return it as it is then."""
    packages = at_packages(desk)
    url = f"configurationPackages({packages.make('configurationPackages', code=CODE)['id']})"
    packages.upload(f"{url}/file('{CODE}')/content", package(CODE, tables))
    packages.run(f"{url}/Microsoft.NAV.import")
    assert "Completed" == ended(packages, url, "importStatus")["importStatus"]
    packages.run(f"{url}/Microsoft.NAV.apply")
    return ended(packages, url, "applyStatus")
