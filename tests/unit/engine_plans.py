"""The shipped connector's actions and an account, without anything behind them."""

from decimal import Decimal

from linkspan.connectors.catalog import load_catalog
from linkspan.engine.call import Call, Inputs, Target
from linkspan.engine.validate import plan_of
from linkspan.errors import InvalidInputError

CONNECTOR = load_catalog().connectors["dynamics365bc"]
COMPANY = "7b6e2c0e-0d4f-4a55-8a10-1c6f6e0a9d01"
RECORD = "1f0a4a52-5f0c-4d7e-9c63-0f4f3f1b2c3d"
TARGET = Target(
    "A" * 20, CONNECTOR, "https://api.example.com/v2.0/t/e/api/v2.0", frozenset(), "k", {"company_id": COMPANY}
)
HOMELESS = Target("A" * 20, CONNECTOR, "https://api.example.com/v2.0/t/e/api/v2.0", frozenset(), "k", {})


def call_of(action: str, target: Target = TARGET, **groups: object) -> Call:
    return plan_of(CONNECTOR.actions[f"dynamics365bc_{action}"], CONNECTOR).check(target, Inputs(**groups), None)


def mistakes_of(action: str, target: Target = TARGET, **groups: object) -> list[tuple[str, str, str | None]]:
    try:
        call_of(action, target, **groups)
    except InvalidInputError as error:
        return [(mistake.where, mistake.what, mistake.nearest) for mistake in error.mistakes]
    return []


def body_of(action: str, **groups: object) -> object:
    return call_of(action, **groups).body


__all__ = ["COMPANY", "CONNECTOR", "HOMELESS", "RECORD", "TARGET", "Decimal", "body_of", "call_of", "mistakes_of"]
