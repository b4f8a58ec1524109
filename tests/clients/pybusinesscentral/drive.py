"""Drives the unmodified pybusinesscentral (run only): create, read, update, delete and paging of customers, as one JSON line."""

import json
import sys

from pybusinesscentral.api.customer_api import CustomerApi
from pybusinesscentral.api_client import ApiClient
from pybusinesscentral.configuration import Configuration
from pybusinesscentral.exceptions import ApiException
from pybusinesscentral.models import PostCustomerRequest


def main() -> None:
    asked = json.loads(sys.argv[1])
    company = asked["company"]
    configuration = Configuration(host=asked["root"], access_token=asked["token"])
    with ApiClient(configuration) as client:
        client.default_headers["Authorization"] = f"Bearer {asked['token']}"
        api = CustomerApi(client)
        new = PostCustomerRequest(displayName="Fulmar Freight", city="Stad")
        made = api.post_customer(company, "application/json", new)
        known = made.to_dict()
        change = PostCustomerRequest(city="Florø")
        changed = api.patch_customer(company, known["id"], "application/json", "*", change)
        try:
            api.patch_customer(company, known["id"], "application/json", "", change)
            unmatched = None
        except ApiException as refusal:
            unmatched = [refusal.status, json.loads(refusal.body)["error"]["code"]]
        read = api.get_customer(company, known["id"])
        pages = [
            [one.to_dict()["number"] for one in api.list_customers(company, top=5, skip=skip).value] for skip in (0, 5)
        ]
        api.delete_customer(company, known["id"])
        try:
            api.get_customer(company, known["id"])
            gone = None
        except ApiException as refusal:
            gone = refusal.status
    print(
        json.dumps(
            {
                "made": known["displayName"],
                "changed": changed.to_dict()["city"],
                "unmatched": unmatched,
                "read": read.to_dict()["city"],
                "pages": pages,
                "gone": gone,
            }
        )
    )


if __name__ == "__main__":
    main()
