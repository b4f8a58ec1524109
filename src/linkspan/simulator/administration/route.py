"""The automation API's route and its contract: the companies as everywhere, and the entities of an environment's set-up."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from linkspan.simulator.contract import Contract, load_contract, read_contract

ROUTE: Final = ("microsoft", "automation", "v2.0")
"""Publisher, group and version, as they stand in the address."""

ROLE: Final = "Automation.ReadWrite.All"
"""The application permission that lets an application on its own in."""

_FILE: Final = Path(__file__).with_name("contract.json")


@lru_cache(maxsize=1)
def load_automation() -> Contract:
    """Return the contract of the route, read once per process."""
    own = read_contract(json.loads(_FILE.read_text(encoding="utf-8")))
    both = {"company": load_contract().entities["company"], **own.entities}
    sets = MappingProxyType({one.set: one for one in both.values()})
    return replace(own, entities=MappingProxyType(both), by_set=sets)
