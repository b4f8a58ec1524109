"""Default dimensions of customers, vendors, items and employees: added, read, changed and taken away again."""

import pytest
from http_desk import HttpDesk

CUSTOMERS, VENDORS, ITEMS, EMPLOYEES = "customers", "vendors", "items", "employees"
_TYPES = {CUSTOMERS: "Customer", VENDORS: "Vendor", ITEMS: "Item", EMPLOYEES: "Employee"}
_NAMES = {
    CUSTOMERS: {"displayName": "Gannet Yachts"},
    VENDORS: {"displayName": "Hemp Loft"},
    ITEMS: {"displayName": "Cleat"},
    EMPLOYEES: {"givenName": "Kit", "surname": "Ness"},
}


class Defaults:
    """The default dimensions of one new record, and the dimensions to choose from."""

    def __init__(self, desk: HttpDesk) -> None:
        self.desk = desk
        self.dimensions = {row["code"]: row for row in desk.rows("dimensions?$expand=dimensionValues")}
        self.url = ""

    def of(self, owners: str) -> str:
        """Make a record without default dimensions and return the address of those it will have."""
        owner = self.desk.make(owners, **_NAMES[owners])
        self.url = f"{owners}({owner['id']})/defaultDimensions"
        assert [] == self.desk.rows(self.url)
        return self.url

    def value(self, dimension: str, code: str) -> str:
        values = self.dimensions[dimension]["dimensionValues"]
        return next(row["id"] for row in values if row["code"] == code)

    def add(self, dimension: str, value: str) -> dict[str, object]:
        return self.desk.make(
            self.url, dimensionId=self.dimensions[dimension]["id"], dimensionValueId=self.value(dimension, value)
        )

    def shows_one(self, owners: str, made: dict[str, object], dimension: str, value: str) -> None:
        (row,) = self.desk.rows(self.url)

        assert made["id"] == row["id"]
        assert (dimension, value, _TYPES[owners]) == tuple(
            row[name] for name in ("dimensionCode", "dimensionValueCode", "parentType")
        )
        assert self.dimensions[dimension]["id"] == row["dimensionId"]
        assert self.value(dimension, value) == row["dimensionValueId"]

    def refuses(self, owners: str, message: str, **body: str) -> None:
        self.of(owners)

        assert message == self.desk.refused("POST", self.url, body)
        assert [] == self.desk.rows(self.url)


@pytest.fixture
def defaults(desk: HttpDesk) -> Defaults:
    return Defaults(desk)


def adds_by_code(defaults: Defaults, owners: str) -> None:
    """Codes are shown only: a dimension is looked up by its code and given by id, here below no parent's address."""
    url = defaults.of(owners)
    desk, owner_id = defaults.desk, url.partition("(")[2].partition(")")[0]
    area = desk.one("dimensions", "code eq 'AREA'")
    baltic = desk.one(f"dimensions({area['id']})/dimensionValues", "code eq 'BALTIC'")
    body = {"parentType": _TYPES[owners], "parentId": owner_id, "dimensionId": area["id"]}

    assert "Control 'dimensionCode' is read-only" == desk.refused("POST", url, {"dimensionCode": "AREA"})
    response = desk.send("POST", "defaultDimensions", {**body, "dimensionValueId": baltic["id"]})

    assert 201 == response.status_code, response.text
    defaults.shows_one(owners, response.json(), "AREA", "BALTIC")


def adds_by_id(defaults: Defaults, owners: str) -> None:
    defaults.of(owners)

    defaults.shows_one(owners, defaults.add("AREA", "BALTIC"), "AREA", "BALTIC")


def refuses_a_value_of_another_dimension(defaults: Defaults, owners: str) -> None:
    message = (
        "The field Dimension Value Code of table Default Dimension contains a value ({}) that cannot be found in the "
        "related table (Dimension Value)."
    )
    body = {"dimensionId": defaults.dimensions["AREA"]["id"], "dimensionValueId": defaults.value("DEPARTMENT", "SHOP")}
    defaults.refuses(owners, message.format(body["dimensionValueId"]), **body)


def refuses_a_blocked_dimension(defaults: Defaults, owners: str) -> None:
    campaign, show = defaults.dimensions["CAMPAIGN"]["id"], defaults.value("CAMPAIGN", "BOATSHOW")

    defaults.refuses(owners, "Dimension CAMPAIGN is blocked.", dimensionId=campaign, dimensionValueId=show)


def refuses_a_blocked_value(defaults: Defaults, owners: str) -> None:
    vessel, hulk = defaults.dimensions["VESSEL"]["id"], defaults.value("VESSEL", "OLDHULK")

    defaults.refuses(owners, "Dimension Value VESSEL - OLDHULK is blocked.", dimensionId=vessel, dimensionValueId=hulk)


def deletes(defaults: Defaults, owners: str) -> None:
    url = defaults.of(owners)
    gone, kept = defaults.add("AREA", "BALTIC"), defaults.add("DEPARTMENT", "SHOP")

    defaults.desk.drop(f"{url}({gone['id']})")

    assert [kept["id"]] == [row["id"] for row in defaults.desk.rows(url)]


def reads(defaults: Defaults, owners: str) -> None:
    url = defaults.of(owners)
    made = defaults.add("DEPARTMENT", "RIGGING")

    assert made == {**defaults.desk.get(f"{url}({made['id']})"), "@odata.context": made["@odata.context"]}
    defaults.shows_one(owners, made, "DEPARTMENT", "RIGGING")


def changes(defaults: Defaults, owners: str) -> None:
    url = defaults.of(owners)
    made = defaults.add("AREA", "BALTIC")

    wanted = {"dimensionValueId": defaults.value("AREA", "OCEAN"), "postingValidation": "Code_x0020_Mandatory"}
    changed = defaults.desk.change(f"{url}({made['id']})", **wanted)

    assert ("OCEAN", "Code_x0020_Mandatory") == (changed["dimensionValueCode"], changed["postingValidation"])
    defaults.shows_one(owners, made, "AREA", "OCEAN")


def refuses_to_change(defaults: Defaults, owners: str, message: str, **body: str) -> None:
    url = defaults.of(owners)
    made = defaults.add("VESSEL", "FERRY")

    assert message == defaults.desk.refused("PATCH", f"{url}({made['id']})", body)
    defaults.shows_one(owners, made, "VESSEL", "FERRY")


def refuses_to_change_to_a_blocked_value(defaults: Defaults, owners: str) -> None:
    hulk = defaults.value("VESSEL", "OLDHULK")

    refuses_to_change(defaults, owners, "Dimension Value VESSEL - OLDHULK is blocked.", dimensionValueId=hulk)


def refuses_another_dimension(defaults: Defaults, owners: str) -> None:
    message = 'The "dimensionId" of a default dimension cannot be changed. Delete it and insert another.'
    area, baltic = defaults.dimensions["AREA"]["id"], defaults.value("AREA", "BALTIC")

    refuses_to_change(defaults, owners, message, dimensionId=area, dimensionValueId=baltic)


def test_DefaultDimensions__TestCreateDefaultDimensionWithDimensionCodeOnCustomer(defaults):
    adds_by_code(defaults, CUSTOMERS)


def test_DefaultDimensions__TestCreateDefaultDimensionWithDimensionCodeOnVendor(defaults):
    adds_by_code(defaults, VENDORS)


def test_DefaultDimensions__TestCreateDefaultDimensionWithDimensionCodeOnItem(defaults):
    adds_by_code(defaults, ITEMS)


def test_DefaultDimensions__TestCreateDefaultDimensionWithDimensionCodeOnEmployee(defaults):
    adds_by_code(defaults, EMPLOYEES)


def test_DefaultDimensions__TestCreateDefaultDimensionOnCustomer(defaults):
    adds_by_id(defaults, CUSTOMERS)


def test_DefaultDimensions__TestCreateDefaultDimensionOnVendor(defaults):
    adds_by_id(defaults, VENDORS)


def test_DefaultDimensions__TestCreateDefaultDimensionOnItem(defaults):
    adds_by_id(defaults, ITEMS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithMismatchingDimensionsOnVendor(defaults):
    refuses_a_value_of_another_dimension(defaults, VENDORS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithMismatchingDimensionsOnItem(defaults):
    refuses_a_value_of_another_dimension(defaults, ITEMS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithMismatchingDimensionsOnEmployee(defaults):
    refuses_a_value_of_another_dimension(defaults, EMPLOYEES)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionOnCustomer(defaults):
    refuses_a_blocked_dimension(defaults, CUSTOMERS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionOnItem(defaults):
    refuses_a_blocked_dimension(defaults, ITEMS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionOnEmployee(defaults):
    refuses_a_blocked_dimension(defaults, EMPLOYEES)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionValueOnCustomer(defaults):
    refuses_a_blocked_value(defaults, CUSTOMERS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionValueOnVendor(defaults):
    refuses_a_blocked_value(defaults, VENDORS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionValueOnItem(defaults):
    refuses_a_blocked_value(defaults, ITEMS)


def test_DefaultDimensions__TestCreateDefaultDimensionFailsWithBlockedDimensionValueOnEmployee(defaults):
    refuses_a_blocked_value(defaults, EMPLOYEES)


def test_DefaultDimensions__TestDeleteDefaultDimensionOnItem(defaults):
    deletes(defaults, ITEMS)


def test_DefaultDimensions__TestDeleteDefaultDimensionOnEmployee(defaults):
    deletes(defaults, EMPLOYEES)


def test_DefaultDimensions__TestGetDefaultDimensionOnCustomer(defaults):
    reads(defaults, CUSTOMERS)


def test_DefaultDimensions__TestGetDefaultDimensionOnItem(defaults):
    reads(defaults, ITEMS)


def test_DefaultDimensions__TestGetDefaultDimensionOnEmployee(defaults):
    reads(defaults, EMPLOYEES)


def test_DefaultDimensions__TestPatchDefaultDimensionOnVendor(defaults):
    changes(defaults, VENDORS)


def test_DefaultDimensions__TestPatchDefaultDimensionOnItem(defaults):
    changes(defaults, ITEMS)


def test_DefaultDimensions__TestPatchDefaultDimensionOnEmployee(defaults):
    changes(defaults, EMPLOYEES)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWithBlockedValueOnCustomer(defaults):
    refuses_to_change_to_a_blocked_value(defaults, CUSTOMERS)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWithBlockedValueOnVendor(defaults):
    refuses_to_change_to_a_blocked_value(defaults, VENDORS)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWithBlockedValueOnEmployee(defaults):
    refuses_to_change_to_a_blocked_value(defaults, EMPLOYEES)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWhenChangingDimensionCodeOnCustomer(defaults):
    refuses_another_dimension(defaults, CUSTOMERS)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWhenChangingDimensionCodeOnVendor(defaults):
    refuses_another_dimension(defaults, VENDORS)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWhenChangingDimensionCodeOnItem(defaults):
    refuses_another_dimension(defaults, ITEMS)


def test_DefaultDimensions__TestPatchDefaultDimensionFailsWhenChangingDimensionCodeOnEmployee(defaults):
    refuses_another_dimension(defaults, EMPLOYEES)
