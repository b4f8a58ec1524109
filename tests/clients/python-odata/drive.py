"""Drives the unmodified python-odata with hand-declared entities: read, filter, create, and what happens to an update."""

import json
import sys

import requests
from odata import ODataService
from odata.entity import declarative_base
from odata.exceptions import ODataError
from odata.property import DecimalProperty, StringProperty, UUIDProperty


def main() -> None:
    asked = json.loads(sys.argv[1])
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {asked['token']}"
    service = ODataService(asked["company_root"], session=session, base=declarative_base(), quiet_progress=True)

    class Customer(service.Entity):
        __odata_type__ = "Microsoft.NAV.customer"
        __odata_collection__ = "customers"
        id = UUIDProperty("id", primary_key=True)
        number = StringProperty("number")
        name = StringProperty("displayName")
        city = StringProperty("city")
        balance = DecimalProperty("balanceDue", is_computed_value=True)

    new = Customer()
    new.name = "Kittiwake Kaffe"
    service.save(new)
    found = service.query(Customer).filter(Customer.name == "Kittiwake Kaffe").all()
    first = service.query(Customer).order_by(Customer.number.asc()).limit(3).all()
    starting = service.query(Customer).filter(Customer.name.startswith("Kitti")).first()
    new.city = "Vardø"
    try:
        service.save(new)
        refused = None
    except ODataError as refusal:
        refused = str(refusal)
    service.delete(found[0])
    left = service.query(Customer).filter(Customer.name == "Kittiwake Kaffe").all()
    print(
        json.dumps(
            {
                "made": new.number,
                "found": [one.number for one in found],
                "first": [one.number for one in first],
                "starting": starting.name,
                "refused": refused,
                "left": len(left),
            }
        )
    )


if __name__ == "__main__":
    main()
