"""docs/simulator-coverage.md says what the simulator is now."""

from coverage_ledger import PAGE, ledger

from linkspan.simulator.books.rules.actions import ACTIONS
from linkspan.simulator.contract import load_contract


def test_the_page_is_what_the_script_writes() -> None:
    assert ledger() == PAGE.read_text(encoding="utf-8"), "run: python tests/simulator/coverage_ledger.py"


def test_every_bound_action_of_the_page_is_one_of_the_contract() -> None:
    offered = {(entity.name, name) for entity in load_contract().entities.values() for name in entity.operations}

    assert set(ACTIONS) <= offered
