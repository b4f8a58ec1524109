"""Every kind of mistake in a connector's files is reported with its line and what to write instead."""

from pathlib import Path

import pytest

from linkspan.connectors.loader import read_connector
from linkspan.connectors.mistakes import ConnectorInvalidError, ConnectorMistake
from linkspan.errors import ConfigurationError

C, R, P, J, G, L = (
    "connector.yaml",
    "resources.yaml",
    "permissions.yaml",
    "contract.json",
    "guides/connector-profile.oauth-2-0.md",
    "logo.svg",
)

# file, text to replace, broken text, path of the mistake, part of the remedy
PLANTED = [
    (C, "version: 1.0.0", "version: 1.0.0\nversion: 1.0.1", "version", "written twice; keep one (first on line 3)"),
    (C, "protocol: odata_v4", "protocoll: odata_v4", "protocoll", "write 'protocol'"),
    (C, "protocol: odata_v4", "protocol: odata_v5", "protocol", "write 'odata_v4'"),
    (C, "odata_next_link", "odata_nextlink", "pagination", "write 'odata_next_link'"),
    (C, "faults: business_central", "faults: busines_central", "faults", "write 'business_central'"),
    (
        C,
        "kind: oauth2_authorization_code",
        "kind: oauth2_code",
        "auth_methods.oauth-2-0.kind",
        "oauth2_authorization_code",
    ),
    (C, "key: toybooks", "key: toy_books", "key", "write 'toy-books'"),
    (C, "key: toybooks", "key: Toybooks", "key", "write 'toybooks'"),
    (C, "key: toybooks", "key: otherbooks", "key", "write 'toybooks', the folder's name"),
    (C, '"{api}/{tenant}/v1"', '"{api}/{tenent}/v1"', "api_root", "write 'tenant'"),
    (C, '"{api}/{tenant}/v1"', '"{api}/{company_id}/v1"', "api_root", "no placeholder 'company_id'"),
    (C, '"{api}/{tenant}/v1"', '"{api}/{tenant/v1"', "api_root", "close each {"),
    (C, '"{login}/{tenant}/token"', '"{logon}/{tenant}/token"', "auth_methods.oauth-2-0.token_url", "write 'login'"),
    (C, "shops({company_id})", "shops({tenant})", "company_path", "no placeholder 'tenant'"),
    (C, "required_scopes: [books.read]", "required_scopes: [book.read]", "required_scopes[0]", "write 'books.read'"),
    (C, "includes: [books.read]", "includes: [books.reed]", "scopes.books.write.includes[0]", "write 'books.read'"),
    (C, "scope_separator: comma", "scope_separator: tab", "auth_methods.oauth-2-0.scope_separator", "space, comma"),
    (C, "concurrent: 2", "concurrent: 0", "limits.concurrent", "requests at the same time"),
    (C, "about: A shop's books, small enough to read.", "about: A shop", "about", "a sentence telling"),
    (C, "example: acme", "example: ACME", "account_fields.tenant.example", "that the pattern matches"),
    (C, 'pattern: "[a-z]+"', 'pattern: "[a-z"', "account_fields.tenant.pattern", "correct the regular expression"),
    (C, "action: list_shops", "action: list_shop", "account_fields.company_id.choose.action", "write 'list_shops'"),
    (C, "value: id,", "value: ident,", "account_fields.company_id.choose.value", "no field of shop 'ident'"),
    (
        C,
        "{company_name: name}",
        "{companyname: name}",
        "account_fields.company_id.choose.also.companyname",
        "write 'company_name'",
    ),
    (C, "https://api.toybooks.example}", "http://api.toybooks.example}", "origins.api", "host names for URL templates"),
    (C, "key: toybooks", "key: &k toybooks\nname2: [*k]", "name2", "no key 'name2'"),
    (R, "  entity: order\n", "  entity: ordre\n", "orders.entity", "write 'order'"),
    (R, "filter_by: [number, total]", "filter_by: [numbr, total]", "orders.filter_by[0]", "write 'number'"),
    (R, "filter_by: [number, total]", "filter_by: [number, mood]", "orders.filter_by[1]", "remove 'mood'"),
    (R, "filter_by: [number, total]", "filter_by: [scan]", "orders.filter_by[0]", "remove 'scan'"),
    (R, "expand: [lines]", "expand: [line]", "orders.expand[0]", "write 'lines'"),
    (R, "expand: [lines]", "expand: [buyer]", "orders.expand[0]", "its entity person is not in the contract"),
    (R, "verbs: [list, get, create, update, delete]", "verbs: [list, fetch]", "orders.verbs[1]", "no verb 'fetch'"),
    (R, "verbs: [list, create]", "verbs: [list, update]", "order_lines.verbs[1]", "the contract offers create, read"),
    (R, "verbs: [list, create]", "verbs: [list, create, list]", "order_lines.verbs[2]", "remove the second 'list'"),
    (R, "notes: {delete:", "notes: {deleet:", "orders.notes.deleet", "one more sentence for a verb"),
    (
        R,
        "verbs: [list, get]\n  company",
        "verbs: [list, get]\n  notes: {update: Never.}\n  company",
        "shops.notes.update",
        "add 'update' to verbs",
    ),
    (R, "scopes: [books.write]", "scopes: [books.wriet]", "orders.scopes[0]", "write 'books.write'"),
    (R, "parent: orders", "parent: order", "order_lines.parent", "write 'orders'"),
    (R, "parent: orders", "parent: shops", "order_lines.parent", "has a list of orderLine; shop has none"),
    (R, "required: [number,", "required: [numer,", "orders.required[0]", "write 'number'"),
    (R, "required: [number,", "required: [total,", "orders.required[0]", "read-only"),
    (R, "    number: A-1\n", "", "orders.example", "add 'number', which a create needs"),
    (R, "    buyerName: Holm & Vik AS\n", "", "orders.example", "add 'buyerId' or 'buyerName'"),
    (R, "number: A-1", "number: A-1234567890", "orders.example.number", "at most 10 characters"),
    (R, "number: A-1", "number: 1", "orders.example.number", 'write text in quotes, such as "1"'),
    (R, "status: In Review", "status: In Reviev", "orders.example.status", "write 'In Review'"),
    (R, "ordered: 2026-10-31", "ordered: 31.10.2026", "orders.example.ordered", "a date such as"),
    (R, "ordered: 2026-10-31", "paid: maybe", "orders.example.paid", "true or false"),
    (R, "ordered: 2026-10-31", "total: 3.00", "orders.example.total", "read-only"),
    (R, "ordered: 2026-10-31", "orderd: 2026-10-31", "orders.example.orderd", "write 'ordered'"),
    (
        R,
        "{text: Chair, price: 12.50, pieces: 2}",
        "{text: Chair, price: dear}",
        "orders.example.lines[0].price",
        "189.90",
    ),
    (R, "pieces: 2", "pieces: two", "orders.example.lines[0].pieces", "whole number"),
    (R, "  example: {text: Chair, price: 12.50}\n", "", "order_lines.example", "add 'example'"),
    (
        R,
        "order_lines:\n  entity: orderLine",
        "order_lines:\n  entity: order",
        "order_lines.verbs[1]",
        "create_order is made by orders already",
    ),
    (R, "about: What customers want to buy.", "about: What customers want", "orders.about", "a sentence telling"),
    (R, "company: false", "company: maybe", "shops.company", "not inside a company"),
    (R, "company: false", "compani: false", "shops.compani", "write 'company'"),
    (R, "verbs: [list, get]\n  company", "company", "shops.verbs", "add 'verbs'"),
    (R, "filter_by: [name]", "filter_by: [name", "", "correct the YAML here"),
    (P, "Order Header: RI,", "Order Heder: RI,", "resources.orders.create.Order Heder", "write 'Order Header'"),
    (P, "read: {Order Header: R}", "read: {Order Header: X}", "resources.orders.read.Order Header", "for every verb"),
    (P, "  orders:\n", "  order:\n", "resources.order", "write 'orders'"),
    (J, '"about": "Visible number."', '"abuot": "Visible number."', "entities.order.fields[1].abuot", "write 'about'"),
    (J, '"enum": "orderStatus"', '"enum": "orderState"', "entities.order.fields[4].enum", "write 'orderStatus'"),
    (J, '"type": "date"', '"type": "day"', "entities.order.fields[5].type", "input should be"),
    (J, '"key": ["id"],\n', '"key": ["idd"],\n', "entities.order.key[0]", "write 'id'"),
    (J, '"parents": ["order"]', '"parents": ["ordr"]', "entities.orderLine.parents[0]", "write 'order'"),
    (G, "scopes: [books.write]", "scopes: [books.wrte]", "scopes[0]", "write 'books.write'"),
    (G, "audience: one_tenant", "audience: one_tenent", "audience", "write 'one_tenant'"),
    (G, "older: Menu", "oldr: Menu", "oldr", "write 'older'"),
    (G, "id: allow", "id: register", "register", "'register' is used twice"),
    (G, "title: Set up Toybooks\n", "", "title", "add 'title'"),
    (G, "intro: Register", "intor: Register", "intor", "write 'intro'"),
    (L, "<path", "<script>x</script><path", "", "a logo holds shapes only"),
    (L, "<path", '<path onload="x()"', "", "a logo holds shapes only"),
]


def mistakes_of(folder: Path) -> tuple[ConnectorMistake, ...]:
    with pytest.raises(ConnectorInvalidError) as caught:
        read_connector(folder)
    return caught.value.found


def break_file(folder: Path, name: str, old: str, new: str) -> str:
    file = folder / name
    text = file.read_text()
    assert old in text, "the planted mistake must replace something"
    file.write_text(text.replace(old, new, 1))
    return file.read_text()


def test_the_whole_connector_has_no_mistake(toybooks: Path) -> None:
    source = read_connector(toybooks)

    assert ["shops", "orders", "order_lines"] == list(source.resources)


@pytest.mark.parametrize(("name", "old", "new", "path", "remedy"), PLANTED)
def test_a_planted_mistake_is_reported(toybooks: Path, name: str, old: str, new: str, path: str, remedy: str) -> None:
    break_file(toybooks, name, old, new)

    found = mistakes_of(toybooks)

    matching = [one for one in found if one.path == path and remedy in one.remedy]
    assert [str(toybooks / name)] == [one.file for one in matching], [str(one) for one in found]


@pytest.mark.parametrize(
    ("name", "old", "new", "line_holds"),
    [
        (C, "faults: business_central", "faults: nothing", "faults:"),
        (C, "label: Tenant\n", "labl: Tenant\n", "labl:"),
        (R, "filter_by: [number, total]", "filter_by:\n    - number\n    - totl", "- totl"),
        (R, "status: In Review", "status: Never", "status:"),
        (J, '"enum": "orderStatus"', '"enum": "none"', '"enum": "none"'),
        (J, '"type": "date"', '"type": "day"', '"day"'),
        (G, "audience: one_tenant", "audience: all", "audience:"),
        (G, "intro: Register", "intor: Register", "intor:"),
        (L, "<path", "\n\n<script>", "<script>"),
    ],
)
def test_the_line_is_that_of_the_mistake(toybooks: Path, name: str, old: str, new: str, line_holds: str) -> None:
    text = break_file(toybooks, name, old, new)

    found = [one for one in mistakes_of(toybooks) if one.file.endswith(name)]

    line = 1 + next(number for number, row in enumerate(text.splitlines()) if line_holds in row)
    assert line in [one.line for one in found]


def test_all_mistakes_of_all_files_come_at_once(toybooks: Path) -> None:
    break_file(toybooks, C, "protocol: odata_v4", "protocol: soap")
    break_file(toybooks, C, "about: A shop's books, small enough to read.\n", "")
    break_file(toybooks, R, "entity: orderLine", "entity: orderRow")
    break_file(toybooks, R, "filter_by: [number, total]", "filter_by: [numbr, totl]")
    break_file(toybooks, J, '"about": "Price of one."', '"abaut": "Price of one."')
    break_file(toybooks, P, "Order Header: RI,", "Order Heder: RI,")
    break_file(toybooks, G, "scopes: [books.write]", "scopes: [books.wrte]")

    paths = {one.path for one in mistakes_of(toybooks)}

    assert {
        "protocol",
        "about",
        "order_lines.entity",
        "orders.filter_by[0]",
        "orders.filter_by[1]",
        "entities.orderLine.fields[3].abaut",
        "resources.orders.create.Order Heder",
        "scopes[0]",
    } <= paths


def test_a_mistake_reads_as_file_line_path_remedy(toybooks: Path) -> None:
    break_file(toybooks, C, "protocol: odata_v4", "protocol: odata_v3")

    mistake = mistakes_of(toybooks)[0]

    expected = f"{toybooks / C}:5: protocol: there is no protocol 'odata_v3'; write 'odata_v4'"
    assert expected == str(mistake)


def test_the_error_is_a_configuration_error_that_carries_all(toybooks: Path) -> None:
    break_file(toybooks, C, "protocol: odata_v4", "protocol: soap")

    with pytest.raises(ConfigurationError, match="soap") as caught:
        read_connector(toybooks)

    assert ("connector_invalid", 1) == (caught.value.code, len(caught.value.mistakes))


@pytest.mark.parametrize("name", [C, R, J])
def test_a_missing_file_is_a_mistake(toybooks: Path, name: str) -> None:
    (toybooks / name).unlink()

    assert (str(toybooks / name), "add this file: every connector has it") in [
        (one.file, one.remedy) for one in mistakes_of(toybooks)
    ]


def test_permissions_and_logo_may_be_missing(toybooks: Path) -> None:
    (toybooks / P).unlink()
    (toybooks / L).unlink()

    source = read_connector(toybooks)

    assert ("", {}) == (source.logo_svg, source.permissions.tables)


def test_bytes_that_are_no_text_are_a_mistake(toybooks: Path) -> None:
    (toybooks / C).write_bytes(b"key: \xff\xfe")

    assert "save the file as UTF-8" in [one.remedy for one in mistakes_of(toybooks)]


def test_a_list_instead_of_keys_is_a_mistake(toybooks: Path) -> None:
    (toybooks / R).write_text("- orders\n")

    assert "write keys and values here, as `key: value`" in [one.remedy for one in mistakes_of(toybooks)]


def test_a_contract_that_is_no_json_is_one_mistake_with_its_line(toybooks: Path) -> None:
    break_file(toybooks, J, '"enums": {', '"enums": [')

    found = [one for one in mistakes_of(toybooks) if one.file.endswith(J)]

    assert [] != found


def test_a_contract_field_written_twice_is_a_mistake(toybooks: Path) -> None:
    break_file(toybooks, J, '"name": "paid"', '"name": "number"')

    assert "entities.order.fields[6].name" in [one.path for one in mistakes_of(toybooks)]


def test_a_guide_of_an_unknown_kind_is_a_mistake(toybooks: Path) -> None:
    (toybooks / "guides" / "howto.md").write_text("# x\n")

    assert any("name the file" in one.remedy for one in mistakes_of(toybooks))


def test_a_guide_of_an_unknown_sign_in_method_is_a_mistake(toybooks: Path) -> None:
    (toybooks / "guides" / "connector-profile.oauth-2-0.md").rename(toybooks / "guides" / "connector-profile.oauth.md")

    assert any("write 'oauth-2-0'" in one.remedy for one in mistakes_of(toybooks))
