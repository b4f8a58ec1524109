"""The short way of plain reads leads to the same address as the long way, and leaves to that whatever is not plain."""

from datetime import UTC, datetime

import pytest
from engine_plans import COMPANY, CONNECTOR, HOMELESS, RECORD, TARGET, call_of, mistakes_of

from linkspan.engine.call import Inputs, Target
from linkspan.engine.exchange import Wiring
from linkspan.engine.ready_read import ReadyRead, ready_read_of
from linkspan.engine.retry import Patience
from linkspan.engine.urls import action_path, record_url
from linkspan.engine.validate import plan_of
from linkspan.model import Verb
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.transport.throttle import Pace, Throttle

GETS = sorted(action.removeprefix("dynamics365bc_") for action, it in CONNECTOR.actions.items() if it.verb is Verb.GET)
KEYS = [
    RECORD, RECORD.upper(), f" {RECORD}", RECORD + "\n", "", "x", "GB", "GB/..", "10 %", "O'Neill", "~key~", "ÄÖ", "a?b#c", "../..",
    None, 7, 0, True, 1.5, ["x"], {"x": 1},
]  # fmt: skip


def ready_of(action: str, target: Target = TARGET) -> ReadyRead | None:
    wiring = Wiring(PyreqwestTransport(), Throttle(), Patience(), lambda: datetime.now(UTC))
    plan = plan_of(CONNECTOR.actions[f"dynamics365bc_{action}"], CONNECTOR)
    return ready_read_of(plan, target, lambda record: record, wiring, Pace(1, 1, 1))


def long_way(action: str, **groups: object) -> str | None:
    if mistakes_of(action, **groups):
        return None
    call = call_of(action, **groups)
    return record_url(call, action_path(call, call.path.get("company_id")))


@pytest.mark.parametrize("action", GETS)
def test_both_ways_lead_to_the_same_record(action: str) -> None:
    ready = ready_of(action)
    if ready is None:
        plan = plan_of(CONNECTOR.actions[f"dynamics365bc_{action}"], CONNECTOR)

        assert 1 != len(plan.path.keys() - TARGET.defaults.keys())
        return
    short = [ready.url_of(Inputs({ready.name: key})) for key in KEYS]

    assert any(short)
    for key, url in zip(KEYS, short, strict=True):
        assert url is None or long_way(action, path={ready.name: key}) == url


@pytest.mark.parametrize(
    "groups",
    [
        {"path": {"id": RECORD, "company_id": COMPANY}},
        {"path": {"ide": RECORD}},
        {"path": {"id": "no guid"}},
        {"path": {"id": None}},
        {"path": {}},
        {"path": {"id": RECORD}, "query": {"select": "number"}},
        {"path": {"id": RECORD}, "query": {"debug": True}},
        {"path": {"id": RECORD}, "body": {"number": "1"}},
        {"path": {"id": RECORD}, "headers": {"if_match": "*"}},
    ],
)
def test_what_is_not_plain_goes_the_long_way(groups: dict[str, dict[str, object]]) -> None:
    ready = ready_of("get_customer")

    assert ready is not None
    assert ready.url_of(Inputs(**groups)) is None


def test_there_is_no_short_way_without_a_companys_id_and_for_other_verbs() -> None:
    named = Target("A" * 20, CONNECTOR, TARGET.api_root, frozenset(), "k", {"company_id": "Harbour Trading"})

    assert ready_of("get_customer", named) is None
    assert ready_of("get_customer", HOMELESS) is None
    assert ready_of("list_customers") is None
    assert ready_of("update_customer") is None
