"""Dimensions and their values: read only, each with an id and the moment of its last change."""

from datetime import datetime
from uuid import UUID


def test_Dimensions__TestVerifyIDandLastDateModifiedOfDimension(desk):
    for row in desk.rows("dimensions"):
        assert UUID(row["id"]).int
        assert datetime.fromisoformat(row["lastModifiedDateTime"]).year > 2000
        assert row["code"] == desk.get(f"dimensions({row['id']})")["code"]


def test_Dimensions__TestVerifyIDandLastDateModifiedOfDimensionValue(desk):
    for row in desk.rows("dimensionValues"):
        assert UUID(row["id"]).int
        assert datetime.fromisoformat(row["lastModifiedDateTime"]).year > 2000
        assert row["code"] == desk.get(f"dimensionValues({row['id']})")["code"]


def test_Dimensions__TestGetDimensionValues(desk):
    area = desk.one("dimensions", "code eq 'AREA'")
    rows = {row["code"]: row for row in desk.rows(f"dimensions({area['id']})/dimensionValues")}

    assert {"BALTIC", "OCEAN"} < rows.keys()
    for code, words in (("BALTIC", "Baltic"), ("OCEAN", "Ocean")):
        assert (words, area["id"]) == (rows[code]["displayName"], rows[code]["dimensionId"])
        assert rows[code]["id"] == desk.one("dimensionValues", f"code eq '{code}'")["id"]
    assert "SHOP" not in rows
