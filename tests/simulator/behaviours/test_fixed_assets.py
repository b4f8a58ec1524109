"""Fixed assets: where they stand and who keeps them, by id or by code."""

import pytest


@pytest.fixture
def asset(desk):
    keeper = desk.rows("employees?$top=1")[0]
    return desk.make(
        "fixedAssets", displayName="Pontoon", fixedAssetLocationCode="SLIP", employeeId=keeper["id"], serialNumber="P-1"
    )


def test_FixedAssets__TestGetFixedAsset(desk, asset):
    keeper, slip = desk.rows("employees?$top=1")[0], desk.one("fixedAssetLocations", "code eq 'SLIP'")
    found = desk.get(f"fixedAssets({asset['id']})?$expand=fixedAssetLocation,employee")

    assert ("Pontoon", "SLIP", slip["id"], keeper["number"], "P-1") == tuple(
        found[name]
        for name in ("displayName", "fixedAssetLocationCode", "fixedAssetLocationId", "employeeNumber", "serialNumber")
    )
    assert (slip["displayName"], keeper["displayName"]) == (
        found["fixedAssetLocation"]["displayName"],
        found["employee"]["displayName"],
    )
    assert asset["number"] == desk.one("fixedAssets", "serialNumber eq 'P-1'")["number"]


def test_FixedAssets__TestDeleteFixedAsset(desk, asset):
    desk.drop(f"fixedAssets({asset['id']})")

    assert [] == desk.rows(f"fixedAssets?$filter=number eq '{asset['number']}'")


def test_a_place_or_keeper_that_does_not_exist_is_refused(desk):
    for values in ({"fixedAssetLocationCode": "MOON"}, {"employeeNumber": "E9"}):
        assert "cannot be found in the related table" in desk.refused("POST", "fixedAssets", values)
