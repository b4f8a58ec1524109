"""What the simulator's $filter takes, refuses and selects."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.condition import bind_filter

CONTRACT = load_contract()
ORDER = CONTRACT.entities["salesOrder"]
ITEM = CONTRACT.entities["item"]
FIRST_ID = UUID("2dee6b6d-0000-4000-8000-000000000001")
OTHER_ID = UUID("2dee6b6d-0000-4000-8000-000000000002")
ROW: dict[str, object] = {
    "id": FIRST_ID,
    "number": "SO-1001",
    "shipToName": "Holm & Vik's",
    "email": "",
    "postingDate": date(2026, 2, 3),
    "discountAmount": Decimal("12.50"),
    "partialShipping": False,
    "lastModifiedDateTime": datetime(2026, 2, 3, 10, 0, tzinfo=UTC),
    "status": "In_x0020_Review",
}


def passes(text: str, row: Mapping[str, object] = ROW) -> bool:
    """Say whether the row passes the filter on sales orders."""
    return bind_filter(text, ORDER, CONTRACT).holds(row)


def refusal(text: str) -> tuple[int, str, str]:
    """Return status, code and message of the refusal of a filter."""
    with pytest.raises(BcFault) as caught:
        bind_filter(text, ORDER, CONTRACT)
    return caught.value.status, caught.value.code, caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "number eq 'SO-1001'",
        "(number eq 'so-1001')",
        "'SO-1001' eq number",
        "number eq 'SO*'",
        "number eq 'SO-100?'",
        "number ne 'PO*'",
        "shipToName eq 'Holm & Vik''s'",
        "startswith(number,'so-')",
        "endswith(shipToName,'Vik''s')",
        "contains(shipToName, 'olm')",
        "contains(shipToName,'olm') eq true",
        "startswith(shipToName,'X') eq false",
        "tolower(shipToName) eq 'holm & vik''s'",
        "toupper(shipToName) eq 'HOLM & VIK''S'",
        "substring(shipToName,0,4) eq 'Holm'",
        "email eq null",
        "email eq ''",
        "discountAmount eq 12.5",
        "discountAmount gt 12.49 and discountAmount lt 12.51",
        "12.49 lt discountAmount",
        "discountAmount ge -3",
        "postingDate gt 2026-02-02 and postingDate le 2026-02-03",
        "lastModifiedDateTime ge 2026-02-03T11:00:00+01:00",
        "lastModifiedDateTime lt 2026-02-03T10:00:00.001Z",
        "lastModifiedDateTime gt 2026-02-03",
        "partialShipping eq false",
        f"id eq {FIRST_ID}",
        f"id ne {OTHER_ID}",
        f"id eq {str(FIRST_ID).upper()}",
        "status eq 'In_x0020_Review'",
        "status eq 'In Review'",
        "status eq Microsoft.NAV.salesOrderEntityBufferStatus'In_x0020_Review'",
        "status gt 'Draft'",
        "number eq 'X' or number eq 'SO-1001'",
        "(number eq 'X' or startswith(number,'SO')) and partialShipping ne true",
        "salesOrderLines/any(l: l/quantity gt 100)",
        "salesOrderLines/all(l: l/quantity gt 100) and number eq 'SO-1001'",
    ],
)
def test_a_filter_that_holds(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize(
    "text",
    [
        "number eq 'SO-100'",
        "number eq 'SO-1001*1'",
        "shipToName eq 'holm & vik''s'",
        "contains(shipToName,'OLM')",
        "discountAmount gt 12.5",
        "partialShipping eq true",
        "status eq 'Open'",
        "lastModifiedDateTime eq null",
        "number eq 'X' or number eq 'Y'",
        "number eq 'SO-1001' and email ne null",
    ],
)
def test_a_filter_that_does_not_hold(text: str) -> None:
    assert not passes(text)


OR_TEXT = "The 'OR' operator is not supported on distinct fields on an OData filter."
FORM_TEXT = "The OData filter expression is not supported"
UNKNOWN_TEXT = "Could not find a property named 'colour' on type 'Microsoft.NAV.salesOrder'."


@pytest.mark.parametrize("text", ["number eq 'A' or email eq 'B'", "(number eq 'A' and email eq 'x') or number eq 'B'"])
def test_or_over_distinct_fields_is_not_implemented(text: str) -> None:
    assert refusal(text) == (501, "BadRequest_MethodNotImplemented", OR_TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "not(number eq 'A')",
        "not contains(number,'A')",
        "number in ('A','B')",
        "contains(tolower(number),'a')",
        "tolower(toupper(number)) eq 'a'",
        "contains(number,tolower('A'))",
        "length(number) gt 3",
        "discountAmount add 1 gt 3",
        "number eq email",
        "customer/number eq 'A'",
        "partialShipping",
    ],
)
def test_forms_of_newer_schemas_are_not_implemented(text: str) -> None:
    assert refusal(text) == (501, "BadRequest_MethodNotImplemented", FORM_TEXT)


@pytest.mark.parametrize("text", ["colour eq 'red'", "contains(colour,'r')", "number eq 'A' or colour eq 'red'"])
def test_unknown_property(text: str) -> None:
    assert refusal(text) == (400, "BadRequest", UNKNOWN_TEXT)


@pytest.mark.parametrize(
    "text",
    ["", "number eq", "number = 'A'", "(number eq 'A'", "number eq 'A", "number eq 'A' or", "eq 'A'", "number eq 'A' 'B'",
     "number eq 'A';", "discountAmount gt 1.2.3", "(" * 200 + "number eq 'A'" + ")" * 200, "not " * 200 + "number"],
)  # fmt: skip
def test_syntax_errors(text: str) -> None:
    status, code, message = refusal(text)

    assert (400, "BadRequest") == (status, code)
    assert message.startswith("Syntax error at position ")


@pytest.mark.parametrize(
    "text",
    ["number eq 10000", "discountAmount eq '5'", f"id eq '{FIRST_ID}'", "partialShipping eq 'true'", "status eq 1",
     "postingDate eq 2026-02-30", "postingDate gt 2026-02-03T00:00:00Z", "frobnicate(number) eq 'A'",
     "contains(number)", "startswith(number,5)", "contains(number,'A') eq 'true'"],
)  # fmt: skip
def test_types_that_do_not_fit(text: str) -> None:
    assert refusal(text)[:2] == (400, "BadRequest")


def test_an_enum_value_that_does_not_exist_is_named() -> None:
    status, code, message = refusal("status eq 'Lost'")

    assert (400, "Application_FilterErrorException") == (status, code)
    assert "'Lost' is not an option. The existing options are: Draft,In Review,Open" in message


def test_fields_and_fixed_values_are_told() -> None:
    bound = bind_filter(f"id eq {FIRST_ID} and number ne 'A' and discountAmount gt 1", ORDER, CONTRACT)

    assert {"id", "number", "discountAmount"} == bound.fields
    assert {"id": FIRST_ID} == dict(bound.equals)


def test_a_long_chain_is_one_condition() -> None:
    chain = " or ".join(f"number eq 'SO-{place}'" for place in range(3_000))

    assert passes(chain)
    assert not passes(chain, {**ROW, "number": "SO-9999"})
    assert passes(f"{' and '.join(['discountAmount gt 1'] * 3_000)} and ({chain})")
