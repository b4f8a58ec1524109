"""The contacts of customers and vendors: the company that each is, and its people."""


def company_of(desk, url: str):
    """Return the contact that a new customer or vendor has."""
    (row,) = desk.rows(f"{url}/contactsInformation")
    return desk.get(f"contacts({row['contactId']})")


def shows_both(desk, url: str, relation: str) -> None:
    firm = company_of(desk, url)
    person = desk.make("contacts", displayName="Kit Ness", type="Person", companyNumber=firm["number"])
    rows = desk.rows(f"{url}/contactsInformation")

    owner = desk.get(url)
    assert {(firm["id"], "Company"), (person["id"], "Person")} == {
        (row["contactId"], row["contactType"]) for row in rows
    }
    assert {(owner["id"], relation)} == {(row["relatedId"], row["relatedType"]) for row in rows}
    assert {firm["displayName"], "Kit Ness"} == {row["contactName"] for row in rows}
    assert rows == desk.get(f"{url}?$expand=contactsInformation")["contactsInformation"]
    assert (owner["displayName"], relation) == (person["companyName"], person["contactBusinessRelation"])


def test_ContactsInf__TestGetCustomerContactInformation(desk):
    made = desk.make("customers", displayName="Gannet Yachts", city="Poole")
    shows_both(desk, f"customers({made['id']})", "Customer")


def test_ContactsInf__TestGetVendorContactsInformation(desk):
    made = desk.make("vendors", displayName="Hemp Loft", city="Bridport")
    shows_both(desk, f"vendors({made['id']})", "Vendor")


def test_ContactsInf__TestGetVendorContactInformation(desk):
    made = desk.make("vendors", displayName="Hemp Loft")
    url = f"vendors({made['id']})"
    shows_both(desk, url, "Vendor")

    for row in desk.rows(f"{url}/contactsInformation"):
        again = desk.get(f"contacts({row['contactId']})?$expand=contactInformation")["contactInformation"]
        assert (row["contactNumber"], made["id"]) == (again["contactNumber"], again["relatedId"])


def test_a_contact_follows_its_customer_and_outlives_it(desk):
    made = desk.make("customers", displayName="Gannet Yachts")
    url = f"customers({made['id']})"
    firm = company_of(desk, url)
    person = desk.make("contacts", displayName="Kit Ness", type="Person", companyNumber=firm["number"])
    desk.change(url, displayName="Gannet & Daughters", city="Poole")

    assert ("Gannet & Daughters", "Poole") == tuple(company_of_all(desk, url)[name] for name in ("displayName", "city"))
    assert "Gannet & Daughters" == desk.get(f"contacts({person['id']})")["companyName"]
    desk.drop(url)
    assert "None" == desk.get(f"contacts({firm['id']})")["contactBusinessRelation"]
    assert [] == desk.rows(f"contactsInformation?$filter=relatedId eq {made['id']}")


def company_of_all(desk, url: str):
    rows = desk.rows(f"{url}/contactsInformation")
    return desk.get(f"contacts({next(row['contactId'] for row in rows if row['contactType'] == 'Company')})")


def test_the_contacts_of_nobody_in_particular_are_refused(desk):
    assert "Name a customer, vendor or contact to get contacts." == desk.refused("GET", "contactsInformation")
