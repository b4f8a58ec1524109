"""The selection maths of the guides: short text and back, smallest scopes, steps tied to scopes, warnings about the address."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkspan.connectors.action import Connector, Scope
from linkspan.connectors.catalog import load_catalog
from linkspan.connectors.guide import GuideStep
from linkspan.errors import NotFoundError
from linkspan.usecases.guide_address import address_warnings
from linkspan.usecases.guide_selection import Selection, read_selection, smallest_scopes, write_selection
from linkspan.usecases.read_guide import GuideRequest, read_guide

BC = load_catalog().connectors["dynamics365bc"]
BASE = "https://linkspan.example"
IDS = list(BC.actions)
USUAL = [action.id for action in BC.actions.values() if action.default]
READ, WRITE, ADMIN, OTHER = "Files.Read", "Files.ReadWrite", "Files.Manage", "Mail.Send"


def with_scopes(**by_action: tuple[str, ...]) -> Connector:
    """The connector with a chain of scopes (Manage includes ReadWrite includes Read), these actions needing these scopes."""
    scopes = {
        READ: Scope(READ, "Read files."),
        WRITE: Scope(WRITE, "Write files.", (READ,)),
        ADMIN: Scope(ADMIN, "All.", (WRITE,)),
        OTHER: Scope(OTHER, "Send mail."),
    }
    needs = {f"dynamics365bc_{name}": scopes for name, scopes in by_action.items()}
    actions = {id_: replace(action, required_scopes=needs.get(id_, (OTHER,))) for id_, action in BC.actions.items()}
    return replace(BC, scopes=scopes, actions=actions)


def of(connector: Connector, *names: str) -> Selection:
    return Selection(tuple(f"dynamics365bc_{name}" for name in names))


@given(st.sets(st.sampled_from(IDS)))
def test_a_selection_survives_its_short_text(chosen: set[str]) -> None:
    text = write_selection(BC, chosen)
    again = read_selection(BC, text)

    assert () == again.unknown
    assert (chosen if chosen != set(USUAL) else set()) == set(again.chosen)
    assert text == write_selection(BC, again.chosen)


@given(st.text(max_size=60))
def test_whatever_stands_in_an_address_is_read(text: str) -> None:
    selection = read_selection(BC, text)

    assert set(selection.chosen) <= set(IDS)
    assert all(unknown.name for unknown in selection.unknown)


@pytest.mark.parametrize("chosen", [[], USUAL])
def test_none_or_the_usual_is_the_plain_address(chosen: list[str]) -> None:
    view = read_guide(BASE, GuideRequest(BC, "connector-profile", "oauth-2-0", Selection(tuple(chosen))))

    assert "" == write_selection(BC, chosen)
    assert view.addresses.plain == view.addresses.dynamic
    assert 70 == len(next(step for step in view.steps if step.enables).enables)


def test_everything_is_one_word() -> None:
    assert "all" == write_selection(BC, IDS)
    assert tuple(IDS) == read_selection(BC, "all").chosen


def test_operations_are_named_in_full() -> None:
    chosen = ["dynamics365bc_post_sales_invoice", "dynamics365bc_get_sales_invoice"]

    assert "sales_invoices.g~dynamics365bc_post_sales_invoice" == write_selection(BC, chosen)
    assert set(chosen) == set(read_selection(BC, write_selection(BC, chosen)).chosen)


def test_the_text_is_short_and_in_the_connectors_order() -> None:
    assert "customers.lg~items.l" == write_selection(
        BC, ["dynamics365bc_list_items", "dynamics365bc_get_customer", "dynamics365bc_list_customers"]
    )


@pytest.mark.parametrize(
    ("needs", "smallest"),
    [
        ({"list_customers": (READ,), "list_items": (READ,)}, (READ,)),
        ({"list_customers": (READ,), "list_items": (WRITE,)}, (WRITE,)),
        ({"list_customers": (READ,), "list_items": (ADMIN,)}, (ADMIN,)),
        ({"list_customers": (READ, OTHER), "list_items": (WRITE,)}, (WRITE, OTHER)),
    ],
)
def test_an_included_scope_is_left_out(needs: dict[str, tuple[str, ...]], smallest: tuple[str, ...]) -> None:
    connector = with_scopes(**needs)
    actions = [connector.actions[f"dynamics365bc_{name}"] for name in needs]

    assert smallest == smallest_scopes(connector, actions)


def test_two_scopes_that_include_each_other_leave_the_first() -> None:
    connector = with_scopes(list_customers=(READ,), list_items=(WRITE,))
    circle = {**connector.scopes, READ: Scope(READ, "Read files.", (WRITE,))}

    assert (READ,) == smallest_scopes(replace(connector, scopes=circle), connector.actions.values())[:1]
    assert WRITE not in smallest_scopes(replace(connector, scopes=circle), connector.actions.values())


def guide_with(connector: Connector, *steps: GuideStep) -> Connector:
    method = connector.auth_methods["oauth-2-0"]
    guide = replace(method.guides["connector-profile"], steps=steps)
    return replace(connector, auth_methods={"oauth-2-0": replace(method, guides={"connector-profile": guide})})


def test_a_step_tied_to_a_scope_shows_when_it_is_needed_and_says_what_it_enables() -> None:
    connector = guide_with(
        with_scopes(list_customers=(READ,), create_customer=(WRITE,)),
        GuideStep("always", "Always", "Text."),
        GuideStep("write", "Writing", "Text.", scopes=(WRITE,), lists_actions=True),
        GuideStep("mail", "Mail", "Text.", scopes=(OTHER,), lists_actions=True),
    )

    def steps(*names: str) -> dict[str, list[str]]:
        view = read_guide(BASE, GuideRequest(connector, "connector-profile", "oauth-2-0", of(connector, *names)))
        return {step.id: [row.id for row in step.enables] for step in view.steps}

    both = ["dynamics365bc_list_customers", "dynamics365bc_create_customer"]
    assert ["always", "write", "mail"] == list(steps())
    assert {"always": [], "write": both} == steps("list_customers", "create_customer")
    assert {"always": [], "mail": ["dynamics365bc_list_items"]} == steps("list_items")
    assert {"always": []} == steps("list_customers")


def test_a_guide_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(NotFoundError) as caught:
        read_guide(BASE, GuideRequest(BC, "connector-profile", "saml"))

    assert "connector-profile/oauth-2-0" in caught.value.next_step


@pytest.mark.parametrize(
    ("base_url", "word"),
    [
        ("https://linkspan.example", None),
        ("http://127.0.0.1:8700", "this machine only"),
        ("http://localhost:8700", "this machine only"),
        ("http://0.0.0.0:8700", "not https"),
        ("https://10.1.2.3", "looks private"),
        ("https://quay.internal", "looks private"),
        ("https://quay", "looks private"),
    ],
)
def test_the_redirect_address_is_warned_about(base_url: str, word: str | None) -> None:
    warnings = address_warnings(base_url)

    assert (word is None) == (not warnings)
    assert all(word in text for text in warnings if word)


@pytest.mark.parametrize(
    ("method", "shown", "left_out"),
    [
        ("oauth-2-0-certificate", "certificate", "client_secret"),
        ("client-credentials", "business_central_app", "register_many_tenants"),
        ("client-credentials-certificate", "certificate", "client_secret"),
    ],
)
def test_each_method_has_a_guide_of_its_own_steps_and_scopes(method: str, shown: str, left_out: str) -> None:
    view = read_guide(BASE, GuideRequest(BC, "connector-profile", method))
    steps = [step.id for step in view.steps]
    scope = ".default" if method.startswith("client") else "Financials.ReadWrite.All"

    assert shown in steps
    assert left_out not in steps
    assert ("create_profile", "link_accounts") == tuple(steps[-2:])
    assert all(name.endswith(scope) for name in view.scopes)
    assert scope in next(step.markdown for step in view.steps if step.id == "create_profile")
