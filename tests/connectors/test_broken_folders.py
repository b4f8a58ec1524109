"""Five connector folders, each broken in another file: `linkspan connector check` tells file, line and remedy of each mistake."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

C, R, J, P, G = (
    "connector.yaml",
    "resources.yaml",
    "contract.json",
    "permissions.yaml",
    "guides/connector-profile.oauth-2-0.md",
)
BROKEN = {
    "sign-in": [
        (C, "kind: oauth2_authorization_code", "kind: oauth2_code", "write 'oauth2_authorization_code'"),
        (
            C,
            "scope_separator: comma",
            "scope_separator: comma\n    client_auth: basic",
            "known: client_secret_basic, client_secret_post",
        ),
        (C, '"{login}/{tenant}/token"', '"{login}/{tennant}/token"', "write 'tenant'"),
    ],
    "names": [
        (R, "entity: order\n", "entity: ordre\n", "write 'order'"),
        (R, "filter_by: [name]", "filter_by: [nmae]", "write 'name'"),
        (R, "parent: orders", "parents: orders", "write 'parent'"),
    ],
    "contract": [
        (J, '"enum": "orderStatus"', '"enum": "orderState"', "write 'orderStatus'"),
        (J, '"type": "date"', '"type": "day"', "'date'"),
        (J, '"max_length": 30, "about": "The shop', '"maxlength": 30, "about": "The shop', "write 'max_length'"),
    ],
    "rights": [
        (P, "Order Line: RI}", "Order Lines: RI}", "write 'Order Line'"),
        (P, "read: {Order Header: R}", "read: {Order Header: RX}", "read.Order Header"),
    ],
    "guide": [
        (G, "scopes: [books.write]", "scopes: [book.write]", "write 'books.write'"),
        (G, "audience: one_tenant", "audience: one_tennant", "write 'one_tenant'"),
        (G, "copy: redirect_uri", "kopy: redirect_uri", "write 'copy'"),
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_mistake_of_a_broken_folder_is_told_with_file_line_and_remedy(name: str, toybooks: Path) -> None:
    expected = []
    for file, right, wrong, _remedy in BROKEN[name]:
        path = toybooks / file
        text = path.read_text()
        assert 1 == text.count(right)
        path.write_text(text.replace(right, wrong))
    for file, _, wrong, remedy in BROKEN[name]:
        path = toybooks / file
        text = path.read_text()
        told = wrong.splitlines()[-1]
        expected.append((f"{path}:{text[: text.index(told)].count(chr(10)) + 1}: ", remedy))

    clean = {key: value for key, value in os.environ.items() if not key.startswith("LINKSPAN_")}
    command = [sys.executable, "-m", "linkspan.cli.app", "connector", "check", str(toybooks)]
    done = subprocess.run(command, capture_output=True, text=True, env=clean, check=False)
    lines = done.stderr.splitlines()

    assert 1 == done.returncode
    assert [] == [
        place for place, remedy in expected if not any(line.startswith(place) and remedy in line for line in lines)
    ], done.stderr
    assert f"{len(expected)} mistakes" == lines[-1]
