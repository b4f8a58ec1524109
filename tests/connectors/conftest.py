"""A small connector of our own invention, complete and right, that tests copy and break."""

from pathlib import Path

import pytest

CONNECTOR = """\
key: toybooks
name: Toybooks
version: 1.0.0
about: A shop's books, small enough to read.
protocol: odata_v4
pagination: odata_next_link
faults: business_central
origins: {login: https://login.toybooks.example, api: https://api.toybooks.example}
api_root: "{api}/{tenant}/v1"
company_path: shops({company_id})
headers: {Accept-Language: en-US}
account_fields:
  tenant:
    label: Tenant
    about: The tenant's short name.
    pattern: "[a-z]+"
    example: acme
  company_id:
    label: Shop
    about: The shop to work in.
    asked: after_sign_in
    choose: {action: list_shops, value: id, label: name, also: {company_name: name}}
  company_name: {label: Shop name, about: The chosen shop's name., asked: never}
auth_methods:
  oauth-2-0:
    label: OAuth 2.0
    kind: oauth2_authorization_code
    authorize_url: "{login}/{tenant}/authorize"
    token_url: "{login}/{tenant}/token"
    scope_separator: comma
    always_scopes: [offline]
scopes:
  books.read: {about: Read the books.}
  books.write: {about: Change the books., includes: [books.read]}
required_scopes: [books.read]
limits: {concurrent: 2, requests: 100, window: 60, max_page: 500, default_page: 50}
refused_before_acting: [Closed]
"""

RESOURCES = """\
shops:
  entity: shop
  verbs: [list, get]
  company: false
  filter_by: [name]
orders:
  entity: order
  about: What customers want to buy.
  verbs: [list, get, create, update, delete]
  filter_by: [number, total]
  expand: [lines]
  nested: [lines]
  required: [number, [buyerId, buyerName]]
  notes: {delete: Refused once it is paid.}
  scopes: [books.write]
  example:
    number: A-1
    buyerName: Holm & Vik AS
    status: In Review
    ordered: 2026-10-31
    lines: [{text: Chair, price: 12.50, pieces: 2}]
order_lines:
  entity: orderLine
  verbs: [list, create]
  parent: orders
  example: {text: Chair, price: 12.50}
"""

PERMISSIONS = """\
tables: {Order Header: 36, Order Line: 37}
resources:
  orders:
    read: {Order Header: R}
    create: {Order Header: RI, Order Line: RI}
"""

CONTRACT = """\
{"about": "Toybooks, invented.", "source_version": "1",
 "enums": {
  "orderStatus": {"_x0020_": "", "In_x0020_Review": "In Review", "Open": "Open"}
 },
 "entities": {
  "shop": {"label": "Shop", "about": "A place that sells.", "set": "shops", "table": "Shop", "key": ["id"], "verbs": ["read"],
   "fields": [
    {"name": "id", "type": "guid", "read_only": true, "about": "GUID of the shop."},
    {"name": "name", "type": "string", "max_length": 30, "about": "The shop's name."}
   ]},
  "order": {"label": "Order", "about": "An order.", "set": "orders", "table": "Order Header", "key": ["id"],
   "verbs": ["read", "create", "update", "delete"],
   "links": [
    {"name": "lines", "entity": "orderLine", "many": true, "contained": true, "target_field": "orderId", "own_field": "id"},
    {"name": "buyer", "entity": "person", "many": false, "contained": false, "target_field": "id", "own_field": "buyerId"}
   ],
   "fields": [
    {"name": "id", "type": "guid", "read_only": true, "about": "GUID of the order."},
    {"name": "number", "type": "string", "max_length": 10, "about": "Visible number."},
    {"name": "buyerId", "type": "guid", "about": "GUID of the buyer."},
    {"name": "buyerName", "type": "string", "max_length": 30, "about": "Name of the buyer."},
    {"name": "status", "type": "enum", "enum": "orderStatus", "about": "How far it is."},
    {"name": "ordered", "type": "date", "about": "Day of the order."},
    {"name": "paid", "type": "boolean", "about": "Whether it is paid."},
    {"name": "total", "type": "decimal", "read_only": true, "about": "Sum of the lines."},
    {"name": "mood", "type": "string", "computed": true, "about": "Worked out on reading."},
    {"name": "changedAt", "type": "datetime", "read_only": true, "about": "Last change."},
    {"name": "scan", "type": "stream", "about": "Picture of the paper."}
   ]},
  "orderLine": {"label": "Order Line", "about": "A row of an order.", "set": "orderLines", "table": "Order Line", "key": ["id"],
   "verbs": ["read", "create"], "parents": ["order"],
   "fields": [
    {"name": "id", "type": "guid", "read_only": true, "about": "GUID of the line."},
    {"name": "orderId", "type": "guid", "about": "GUID of the order."},
    {"name": "text", "type": "string", "max_length": 20, "about": "What is sold."},
    {"name": "price", "type": "decimal", "about": "Price of one."},
    {"name": "pieces", "type": "int32", "about": "How many."}
   ]}
 }
}
"""

GUIDE = """\
---
title: Set up Toybooks
intro: Register an application.
before:
  - A Toybooks licence.
---

Welcome.

## Register
<!-- step: {id: register, audience: one_tenant, older: Menu > Apps, copy: redirect_uri} -->

Open `{redirect_uri}`.

## Allow
<!-- step: {id: allow, scopes: [books.write], lists_actions: true, shows: [selector]} -->

Choose the scopes.
"""

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" /></svg>\n'

FILES = {
    "connector.yaml": CONNECTOR,
    "resources.yaml": RESOURCES,
    "permissions.yaml": PERMISSIONS,
    "contract.json": CONTRACT,
    "guides/connector-profile.oauth-2-0.md": GUIDE,
    "logo.svg": LOGO,
}


@pytest.fixture
def toybooks(tmp_path: Path) -> Path:
    """The folder of a connector without mistakes."""
    folder = tmp_path / "toybooks"
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
