"""Configuration packages of the automation API: made, filled with a file, imported, applied."""

import pytest
from http_desk import HttpDesk
from package_of import document, package
from packing import at_packages, ended

TABLES = {
    "Payment Terms": [{"Code": "45D", "Description": "Six weeks and a bit", "Due Date Calculation": "45D"}],
    "Customer": [{"No": "C90010", "Name": "Petrel Ropes", "Phone No": "+47 5550 1"}, {"No": "C90020", "Name": "Loon"}],
}


@pytest.fixture
def packages(desk: HttpDesk) -> HttpDesk:
    """The desk at the same company of the automation API."""
    return at_packages(desk)


def made(packages: HttpDesk, data: bytes | None = None) -> str:
    """Make a package with a file and return its address."""
    one = packages.make("configurationPackages", code="START", packageName="A beginning")
    url = f"configurationPackages({one['id']})"
    if data is not None:
        packages.upload(f"{url}/file('START')/content", data)
    return url


def test_AutomationRSPackage__TestCreateRSPackage(packages):
    values = {"packageName": "A beginning", "languageId": 1033, "productVersion": "29.0", "processingOrder": 3}
    one = packages.make("configurationPackages", code=" start ", excludeConfigurationTables=True, **values)
    doubled = packages.send("POST", "configurationPackages", {"code": "START"}).json()["error"]["code"]
    changed = packages.change(f"configurationPackages({one['id']})", packageName="Another beginning")

    assert {**one, **values, "code": "START", "importStatus": "No", "applyStatus": "No", "numberOfTables": 0} == one
    assert "Internal_EntityWithSameKeyExists" == doubled
    assert "Another beginning" == changed["packageName"]
    assert packages.refused("POST", "configurationPackages", {"packageName": "Nameless"})
    assert packages.refused("POST", "configurationPackages", {"code": "X", "importStatus": "Completed"})
    packages.drop(f"configurationPackages({one['id']})")


def test_AutomationRSPackage__TestUploadRSPackageFile(packages):
    url = made(packages)
    (before,) = packages.rows(f"{url}/file")
    packages.upload(f"{url}/file('START')/content", package("START", TABLES))
    (after,) = packages.rows(f"{url}/file")
    stale = packages.send(
        "PATCH", f"{url}/file('START')/content", b"x", {"If-Match": before["@odata.etag"], "Content-Type": "text/plain"}
    )

    assert ("START", "content" in before) == (before["code"], False)
    assert before["@odata.etag"] != after["@odata.etag"]
    assert package("START", TABLES)[10:] == packages.download(f"{url}/file('START')/content")[10:]
    assert after["content@odata.mediaReadLink"].endswith("file('START')/content")
    assert 409 == stale.status_code
    assert 404 == packages.send("GET", f"{url}/file('OTHER')/content").status_code


def test_AutomationRSPackage__TestImportRSPackage(packages):
    url = made(packages)
    missing = packages.refused("POST", f"{url}/Microsoft.NAV.import")
    packages.upload(f"{url}/file('START')/content", package("START", TABLES))
    packages.run(f"{url}/Microsoft.NAV.import")
    busy = packages.refused("POST", f"{url}/Microsoft.NAV.import")
    done = ended(packages, url, "importStatus")

    assert "Please upload a Rapid Start File, before running the import." == missing
    assert "Cannot import a package while import or apply is in progress." == busy
    assert ("Completed", "", 2, 3) == tuple(
        done[name] for name in ("importStatus", "importError", "numberOfTables", "numberOfRecords")
    )


@pytest.mark.parametrize(
    "data",
    [
        b"no package at all",
        package("START", TABLES)[:-20],
        package("OTHER", TABLES),
        package("START", {"Nonsense": [{"Code": "X"}]}),
        document("START", TABLES).encode(),
        b"\x1f\x8b",
    ],
)
def test_AutomationRSPackage__TestImportWrongRSPackage(packages, data):
    url = made(packages, data)
    packages.run(f"{url}/Microsoft.NAV.import")
    done = ended(packages, url, "importStatus")
    refused = packages.refused("POST", f"{url}/Microsoft.NAV.apply")

    assert ("Error", 0) == (done["importStatus"], done["numberOfRecords"])
    assert done["importError"]
    assert "Import Status is not completed. You must import the package before you apply it." == refused


def test_AutomationRSPackage__TestApplyRSPackage(packages, desk):
    url = made(packages, package("START", TABLES))
    packages.run(f"{url}/Microsoft.NAV.import")
    ended(packages, url, "importStatus")
    packages.run(f"{url}/Microsoft.NAV.apply")
    done = ended(packages, url, "applyStatus")
    term = desk.one("paymentTerms", "code eq '45D'")
    customer = desk.one("customers", "number eq 'C90010'")

    assert ("Completed", "", 0) == (done["applyStatus"], done["applyError"], done["numberOfErrors"])
    assert ("Six weeks and a bit", "45D") == (term["displayName"], term["dueDateCalculation"])
    assert ("Petrel Ropes", "+47 5550 1") == (customer["displayName"], customer["phoneNumber"])


def test_records_that_a_rule_refuses_are_counted_and_the_others_stay(packages, desk):
    tables = {
        "Customer": [{"No": "C90030", "Name": "Loon"}, {"No": "C90040", "Name": "Loon", "Currency Code": "QQQ"}],
        "Item": [{"No": "I90", "Description": "Cleat", "Unit Price": "many"}],
    }
    url = made(packages, package("START", tables))
    packages.run(f"{url}/Microsoft.NAV.import")
    ended(packages, url, "importStatus")
    packages.run(f"{url}/Microsoft.NAV.apply")
    done = ended(packages, url, "applyStatus")
    numbers = {row["number"] for row in desk.rows("customers?$filter=startswith(number,'C900')")}

    assert ("Error", 2) == (done["applyStatus"], done["numberOfErrors"])
    assert done["applyError"]
    assert {"C90030"} == numbers
    assert [] == desk.rows("items?$filter=number eq 'I90'")
