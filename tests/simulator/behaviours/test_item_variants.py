"""Item variants: created for an item that is given by id, number or both, moved to another, and kept while in use."""

import pytest
from http_desk import NOWHERE


@pytest.fixture
def item(desk):
    return desk.make("items", displayName="Oilskin")


@pytest.fixture
def variant(desk, item):
    return desk.make("itemVariants", itemId=item["id"], code="RED", description="Red")


def shows(desk, variant, item, code: str = "RED") -> None:
    (found,) = desk.rows(f"items({item['id']})/itemVariants")

    assert (variant["id"], code, item["id"], item["number"]) == tuple(
        found[name] for name in ("id", "code", "itemId", "itemNumber")
    )


def test_ItemVariants__TestCreateItemVariantWithItemId(desk, item):
    shows(desk, desk.make("itemVariants", itemId=item["id"], code="red", description="Red"), item)


def test_ItemVariants__TestCreateItemVariantWithNonExistingItemId(desk):
    message = desk.refused("POST", "itemVariants", {"itemId": NOWHERE, "code": "RED"})

    assert 'The "itemId" does not match to an Item.' == message


def test_ItemVariants__TestCreateItemVariantWithItemNumber(desk, item):
    shows(desk, desk.make("itemVariants", itemNumber=item["number"], code="RED"), item)


def test_ItemVariants__TestCreateItemVariantWithNonExistingItemNumber(desk):
    message = desk.refused("POST", "itemVariants", {"itemNumber": "NOTHING", "code": "RED"})

    assert 'The "itemNumber" does not match to an Item.' == message


def test_ItemVariants__TestCreateItemVariantWithItemNumberAndItemId(desk, item):
    both = {"itemId": item["id"], "itemNumber": item["number"]}
    shows(desk, desk.make("itemVariants", **both, code="RED"), item)
    other = {**both, "itemNumber": desk.rows("items?$top=1")[0]["number"], "code": "BLUE"}

    assert "The item values do not match to a specific Item." == desk.refused("POST", "itemVariants", other)


def test_ItemVariants__TestCreateItemVariantWithExistingItemNumberAndCode(desk, item, variant):
    twin = {"itemNumber": item["number"], "code": "RED", "description": "Another red"}

    assert "The Item Variant already exists." in desk.refused("POST", "itemVariants", twin)
    shows(desk, variant, item)


def test_ItemVariants__TestGetItemVariant(desk, item, variant):
    found = desk.get(f"itemVariants({variant['id']})")

    assert variant == {**found, "@odata.context": variant["@odata.context"]}
    assert ("RED", "Red", item["number"]) == tuple(found[name] for name in ("code", "description", "itemNumber"))


def test_ItemVariants__TestModifyItemVariantItemId(desk, item, variant):
    other = desk.make("items", displayName="Sou'wester")
    desk.change(f"itemVariants({variant['id']})", itemId=other["id"])

    shows(desk, variant, other)
    assert [] == desk.rows(f"items({item['id']})/itemVariants")


def test_ItemVariants__TestModifyItemVariantItemNumber(desk, item, variant):
    other = desk.make("items", displayName="Sou'wester")
    desk.change(f"itemVariants({variant['id']})", itemNumber=other["number"])

    shows(desk, variant, other)
    assert [] == desk.rows(f"items({item['id']})/itemVariants")


def test_ItemVariants__TestDeleteItemVariant(desk, item, variant):
    desk.drop(f"itemVariants({variant['id']})")

    assert [] == desk.rows(f"items({item['id']})/itemVariants")


def test_ItemVariants__TestDeleteInUse(desk, item, variant):
    customer = desk.rows("customers?$top=1")[0]["id"]
    order = desk.make("salesOrders", customerId=customer)
    line = {"itemId": item["id"], "itemVariantId": variant["id"], "quantity": 1}
    made = desk.make(f"salesOrders({order['id']})/salesOrderLines", **line)

    message = desk.refused("DELETE", f"itemVariants({variant['id']})")
    assert (
        f"You cannot delete item variant {item['number']} - RED because there is at least one Sales Line that includes "
        "this Variant Code."
    ) == message
    desk.drop(f"salesOrders({order['id']})/salesOrderLines({made['id']})")
    desk.drop(f"itemVariants({variant['id']})")
