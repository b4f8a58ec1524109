"""Items: created plainly, with a unit or by a template, read with what belongs to them, changed and deleted."""

import pytest
from http_desk import NO_ID, open_desk
from packing import fill

TEMPLATE = {"item": {"itemCategoryCode": "DECK", "baseUnitOfMeasureCode": "SET"}}

HEADERS = [{"Code": code, "Table ID": "27"} for code in ("PLAIN", "WORK")]
LINES = [
    {"Data Template Code": code, "Field Name": field, "Default Value": value}
    for code, field, value in (
        ("PLAIN", "Item Category Code", "DECK"),
        ("PLAIN", "Base Unit of Measure", "SET"),
        ("WORK", "Base Unit of Measure", "HOUR"),
    )
]
TEMPLATES = {"Config. Template Header": HEADERS, "Config. Template Line": LINES}


def chosen(*rules):
    """Return a package with the templates and rules that choose them: code, order and criteria."""
    rows = [
        {"Table ID": "27", "Template Code": code, "Order": order, "Selection Criteria": view}
        for code, order, view in rules
    ]
    return {**TEMPLATES, "Config. Tmpl. Selection Rules": rows}


@pytest.fixture
def item(desk):
    return desk.make("items", displayName="Cleat", unitPrice=12.75)


def test_Items__TestCreateSimpleItem(desk):
    made = desk.make("items", number="own-1", displayName="Cleat", unitPrice=12.75, unitCost=4.1)

    shown = {row["number"]: row for row in desk.rows("items")}["OWN-1"]
    assert made["id"] == shown["id"]
    assert ("Cleat", "Inventory", 0) == tuple(shown[name] for name in ("displayName", "type", "inventory"))
    assert ("12.75", "4.1") == (str(shown["unitPrice"]), str(shown["unitCost"]))


def test_Items__TestCreateItemWithInventoryAmount(desk):
    before = len(desk.rows("items"))

    message = desk.refused("POST", "items", {"displayName": "Cleat", "inventory": 5})

    assert "Inventory cannot be changed during on insert." == message
    assert before == len(desk.rows("items"))


def test_Items__TestCreateItemWithUoMId(desk):
    unit = desk.one("unitsOfMeasure", "code eq 'BOX'")
    made = desk.make("items", displayName="Cleats", baseUnitOfMeasureId=unit["id"])

    found = desk.get(f"items({made['id']})?$expand=unitOfMeasure")
    assert (unit["id"], "BOX", "Box") == (
        found["baseUnitOfMeasureId"],
        found["baseUnitOfMeasureCode"],
        found["unitOfMeasure"]["displayName"],
    )


def test_Items__TestCreateItemWithUoMCode(desk):
    unit = desk.one("unitsOfMeasure", "code eq 'BOX'")
    made = desk.make("items", displayName="Cleats", baseUnitOfMeasureCode="BOX")

    found = desk.get(f"items({made['id']})")
    assert (unit["id"], "BOX") == (found["baseUnitOfMeasureId"], found["baseUnitOfMeasureCode"])


def test_Items__TestCreateItemWithTemplate(runner):
    desk = open_desk(runner, templates=TEMPLATE)
    made = desk.make("items", displayName="Cleat")

    category, unit = desk.one("itemCategories", "code eq 'DECK'"), desk.one("unitsOfMeasure", "code eq 'SET'")
    found = desk.get(f"items({made['id']})")
    assert ("DECK", category["id"]) == (found["itemCategoryCode"], found["itemCategoryId"])
    assert ("SET", unit["id"]) == (found["baseUnitOfMeasureCode"], found["baseUnitOfMeasureId"])


def test_Items__TestCreateItemWithTemplateIgnoresFieldsSet(runner):
    desk = open_desk(runner, templates=TEMPLATE)
    made = desk.make("items", displayName="Cleat", itemCategoryCode="ROPE")

    rope = desk.one("itemCategories", "code eq 'ROPE'")
    assert ("ROPE", rope["id"], "SET") == tuple(
        made[name] for name in ("itemCategoryCode", "itemCategoryId", "baseUnitOfMeasureCode")
    )


def test_Items__TestSuccessfulTemplateSelection(desk):
    before = desk.make("items", displayName="Cleat")
    state = fill(desk, chosen(("PLAIN", "1", "")))
    after, own = (
        desk.make("items", displayName="Cleat"),
        desk.make("items", displayName="Cleat", itemCategoryCode="ROPE"),
    )

    assert ("Completed", 0) == (state["applyStatus"], state["numberOfErrors"])
    assert ("", "PCS") == (before["itemCategoryCode"], before["baseUnitOfMeasureCode"])
    assert ("DECK", "SET") == (after["itemCategoryCode"], after["baseUnitOfMeasureCode"])
    assert ("ROPE", "SET") == (own["itemCategoryCode"], own["baseUnitOfMeasureCode"])


def test_Items__TestSuccessfulTemplateSelectionWithSelectionCriteria(desk):
    state = fill(desk, chosen(("PLAIN", "2", ""), ("WORK", "1", "SORTING(No.) WHERE(Type=CONST(Service))")))
    plain, work = desk.make("items", displayName="Cleat"), desk.make("items", displayName="Rigging", type="Service")

    assert ("Completed", 0) == (state["applyStatus"], state["numberOfErrors"])
    assert ("DECK", "SET") == (plain["itemCategoryCode"], plain["baseUnitOfMeasureCode"])
    assert ("", "HOUR") == (work["itemCategoryCode"], work["baseUnitOfMeasureCode"])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (("", "1", ""), "Template Code must have a value"),
        (("NONE", "1", ""), "contains a value (NONE)"),
        (("PLAIN", "x", ""), "cannot be evaluated"),
        (("PLAIN", "1", "Type=Service"), "no view"),
        (("PLAIN", "1", "WHERE(Colour=CONST(Red))"), "contains a value (Colour)"),
    ],
)
def test_Items__TestTempcodeCannotbeblankOrInvalidValue(desk, rule, said):
    state = fill(desk, chosen(rule))
    made = desk.make("items", displayName="Cleat")

    assert ("Error", 1) == (state["applyStatus"], state["numberOfErrors"])
    assert said in state["applyError"]
    assert "" == made["itemCategoryCode"]


def test_Items__TestGetSimpleItem(desk):
    made = [desk.make("items", displayName=name) for name in ("Cleat", "Fairlead")]

    shown = {row["number"]: row for row in desk.rows("items")}
    assert ["Cleat", "Fairlead"] == [shown[item["number"]]["displayName"] for item in made]
    for item in made:
        assert item["@odata.etag"] == shown[item["number"]]["@odata.etag"]


def test_Items__TestGetItemWithCategory(desk):
    category = desk.one("itemCategories", "code eq 'DECK'")
    made = desk.make("items", displayName="Cleat", itemCategoryId=category["id"], baseUnitOfMeasureCode="BOX")

    found = desk.get(f"items({made['id']})?$expand=itemCategory")
    assert (category["id"], "DECK", "BOX") == tuple(
        found[name] for name in ("itemCategoryId", "itemCategoryCode", "baseUnitOfMeasureCode")
    )
    assert category["displayName"] == found["itemCategory"]["displayName"]


def test_Items__TestModifyItem(desk, item):
    changed = desk.change(f"items({item['id']})", unitPrice=1250.125, displayName="Bronze cleat")

    assert ("1250.125", "Bronze cleat") == (str(changed["unitPrice"]), changed["displayName"])


def test_Items__TestPatchItemWithInventoryPostingGroup(desk, item):
    bond = desk.one("inventoryPostingGroups", "code eq 'BOND'")
    by_id = desk.change(f"items({item['id']})", inventoryPostingGroupId=bond["id"])
    by_code = desk.change(f"items({item['id']})", inventoryPostingGroupCode="STOCK")

    assert "STOCK" == item["inventoryPostingGroupCode"]
    assert (bond["id"], "BOND") == (by_id["inventoryPostingGroupId"], by_id["inventoryPostingGroupCode"])
    assert item["inventoryPostingGroupId"] == by_code["inventoryPostingGroupId"]


def test_Items__TestUnassignGenProdPostingGroup(desk, item):
    changed = desk.change(f"items({item['id']})", generalProductPostingGroupId=NO_ID)

    assert "GOODS" == item["generalProductPostingGroupCode"]
    assert (NO_ID, "") == (changed["generalProductPostingGroupId"], changed["generalProductPostingGroupCode"])


def test_Items__TestGetRelatedEntities(desk):
    goods = desk.one("generalProductPostingGroups", "code eq 'PROVISIONS'")
    stock = desk.one("inventoryPostingGroups", "code eq 'BOND'")
    made = desk.make(
        "items",
        displayName="Ship's biscuit",
        generalProductPostingGroupId=goods["id"],
        inventoryPostingGroupId=stock["id"],
    )

    found = desk.get(f"items({made['id']})?$expand=generalProductPostingGroup,inventoryPostingGroup")
    assert (goods["id"], "PROVISIONS", goods["description"]) == tuple(
        found["generalProductPostingGroup"][name] for name in ("id", "code", "description")
    )
    assert (stock["id"], "BOND", stock["description"]) == tuple(
        found["inventoryPostingGroup"][name] for name in ("id", "code", "description")
    )


def test_Items__TestDeleteItem(desk, item):
    desk.drop(f"items({item['id']})")

    assert [] == desk.rows(f"items?$filter=number eq '{item['number']}'")


def test_Items__TestPatchItemWithCategoryCode(desk, item):
    rope = desk.one("itemCategories", "code eq 'ROPE'")
    changed = desk.change(f"items({item['id']})", itemCategoryCode="ROPE")

    assert (NO_ID, "") == (item["itemCategoryId"], item["itemCategoryCode"])
    assert (rope["id"], "ROPE") == (changed["itemCategoryId"], changed["itemCategoryCode"])


def test_Items__TestPatchItemWithCategoryId(desk, item):
    rope = desk.one("itemCategories", "code eq 'ROPE'")
    changed = desk.change(f"items({item['id']})", itemCategoryId=rope["id"])
    cleared = desk.change(f"items({item['id']})", itemCategoryId=NO_ID)

    assert (rope["id"], "ROPE") == (changed["itemCategoryId"], changed["itemCategoryCode"])
    assert (NO_ID, "") == (cleared["itemCategoryId"], cleared["itemCategoryCode"])
