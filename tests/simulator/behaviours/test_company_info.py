"""The company's own information: one row, read and changed, with an experience that must be one of the known."""

import pytest

ADDRESS = {
    "addressLine1": "Ocean Dock 43",
    "addressLine2": "Berth 7",
    "city": "Southampton",
    "state": "Hampshire",
    "country": "GB",
    "postalCode": "SO14 3QN",
}


@pytest.fixture
def url(desk) -> str:
    (row,) = desk.rows("companyInformation")
    return f"companyInformation({row['id']})"


def test_CompanyInfo__TestGetCompanyInformation(desk, url):
    desk.change(url, **ADDRESS)

    found = desk.get(url)
    assert {"displayName": "Tidewater Chandlers", "currencyCode": "GBP", **ADDRESS}.items() <= found.items()
    assert f"{found['lastModifiedDateTime'][:4]}-01-01" == found["currentFiscalYearStartDate"]


def test_CompanyInfo__TestModifyCompanyInformation(desk, url):
    wanted = {
        "displayName": "Tidewater & Daughters",
        "phoneNumber": "+44 5550 100 300",
        "faxNumber": "+44 5550 100 301",
        "email": "desk@tidewater.example",
        "website": "https://tidewater.example",
        "taxRegistrationNumber": "GB 900 000 002",
        "industry": "Chandlery",
        **ADDRESS,
    }

    assert wanted.items() <= desk.change(url, **wanted).items()


def test_CompanyInfo__TestModifyValidExperinceTier(desk, url):
    assert "Premium" == desk.get(url)["experience"]
    assert "Essential" == desk.change(url, experience="Essential")["experience"]


def test_CompanyInfo__TestModifyInvalidExperinceTier(desk, url):
    message = desk.refused("PATCH", url, {"experience": "Golden"}, status=400)

    assert "Failed to save experience tier for the current company." == message
    assert "Premium" == desk.get(url)["experience"]
