"""The typed client that `linkspan sdk generate` writes runs against the demo, and checkers accept it."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from demo_process import Demo, clean_environment
from linkspan.cli.typed_client.module import Wanted, client_text
from linkspan.connectors.catalog import load_catalog
from linkspan.sdk import AsyncLinkspan, InvalidInputError, Linkspan

CASES = Path(__file__).with_name("typed_client_cases.py")
# What a provider's own names and the number of an action's options cannot heed.
NOT_OURS = "N815,PLR0913,CPY001"


@pytest.fixture(scope="module")
def file(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("client") / "dynamics365bc_client.py"
    command = [sys.executable, "-m", "linkspan.cli.app", "sdk", "generate", "--profile", demo.profile_id]
    environment = clean_environment(LINKSPAN_DATA_DIR=str(demo.data_dir))
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False, env=environment)
    assert "Wrote dynamics365bc_client.py with 70 actions." == done.stdout.strip(), done.stdout + done.stderr
    return path


@pytest.fixture(scope="module")
def written(file: Path) -> ModuleType:
    return imported(file)


def imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_records_are_made_changed_and_deleted(written: ModuleType, blocking: Linkspan) -> None:
    books = written.Dynamics365bc(blocking)
    made = books.create_item({"displayName": "Typed lamp", "unitPrice": Decimal("24.90")}, idempotency_key="typed-1")
    again = books.create_item({"displayName": "Typed lamp", "unitPrice": Decimal("24.90")}, idempotency_key="typed-1")
    changed = books.update_item(made["id"], {"unitPrice": "30"}, if_match=made["@odata.etag"])
    books.delete_item(made["id"])
    found = books.list_items(filter_={"displayName": "Typed lamp"}, count=True)

    assert made["id"] == again["id"]
    assert (Decimal("24.90"), Decimal(30)) == (made["unitPrice"], changed["unitPrice"])
    assert isinstance(changed["unitPrice"], Decimal)
    assert isinstance(changed["unitCost"], Decimal)
    assert ([], 0, None) == (found.rows, found.count, found.next)


def test_lists_are_pages_and_iterators(written: ModuleType, blocking: Linkspan) -> None:
    books = written.Dynamics365bc(blocking)
    page = books.list_customers(select=["number", "balanceDue"], page_size=2)
    following = books.list_customers(cursor=page.next, page_size=2)
    every = [row["number"] for row in books.each_customers(select=["number"], page_size=7)]

    assert (2, 2) == (len(page.rows), len(following.rows))
    assert {"number", "balanceDue"} == {name for name in page.rows[0] if name not in ("id", "@odata.etag")}
    assert all(isinstance(row["balanceDue"], Decimal) for row in page.rows)
    assert every[:4] == [row["number"] for row in [*page.rows, *following.rows]]
    assert len(every) > 7


async def test_linked_records_have_their_types_too(written: ModuleType, client: AsyncLinkspan) -> None:
    books = written.AsyncDynamics365bc(client)
    (customer,) = (await books.list_customers(top=1)).rows
    (item,) = (await books.list_items(top=1)).rows
    line = {"lineType": "Item", "lineObjectNumber": item["number"], "quantity": Decimal(2)}
    quote = await books.create_sales_quote({"customerNumber": customer["number"], "salesQuoteLines": [line]})
    read = await books.get_sales_quote(quote["id"], expand=["salesQuoteLines"])
    quotes = [row["id"] async for row in books.each_sales_quotes(select=["id"])]

    assert [Decimal(2)] == [line["quantity"] for line in read["salesQuoteLines"]]
    assert all(isinstance(line["unitPrice"], Decimal) for line in read["salesQuoteLines"])
    assert quote["id"] in quotes


def test_failures_and_dry_runs_are_those_of_the_sdk(written: ModuleType, blocking: Linkspan) -> None:
    books = written.Dynamics365bc(blocking)
    with pytest.raises(InvalidInputError):
        books.create_customer({"displayNam": "X"})
    rehearsed = books.run("dynamics365bc_create_customer", body={"displayName": "Typed"}, dry_run=True)

    assert rehearsed.record["dry_run"] is True


def test_type_checkers_and_linters_accept_it(file: Path) -> None:
    (file.parent / CASES.name).write_text(CASES.read_text())
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(file.parent / "cache"), CASES.name, file.name]
    ruff = [[sys.executable, "-m", "ruff", "check", "--isolated", file.name]]
    ruff.append([*ruff[0], "--select", "ALL", "--ignore", NOT_OURS, "--line-length", "120"])
    ruff.append([sys.executable, "-m", "ruff", "format", "--isolated", "--check", "--line-length", "120", file.name])
    for command in [mypy, *ruff]:
        done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)

        assert 0 == done.returncode, done.stdout + done.stderr


def test_the_whole_api_can_be_written(tmp_path: Path) -> None:
    for connector in load_catalog().connectors.values():
        path = tmp_path / f"{connector.key.replace('-', '_')}.py"
        path.write_text(client_text(Wanted(connector, "Whole", list(connector.actions.values()))))
        module = imported(path)
        ruff = [sys.executable, "-m", "ruff", "check", "--isolated", path.name]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)

        assert connector.actions.keys() == module.ACTIONS.keys()
        assert 0 == done.returncode, done.stdout[-2000:]


def test_the_same_actions_give_the_same_file(file: Path) -> None:
    code = (
        "from linkspan.connectors.catalog import load_catalog\n"
        "from linkspan.cli.typed_client.module import Wanted, client_text\n"
        "one = load_catalog().connectors['dynamics365bc']\n"
        "print(client_text(Wanted(one, 'P', [a for a in one.actions.values() if a.default])))"
    )

    def told(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
        ).stdout

    async def both() -> list[str]:
        return await asyncio.gather(*(asyncio.to_thread(told, seed) for seed in ("1", "2")))

    first, second = asyncio.run(both())

    assert first == second
    assert file.read_text().count("\n") == first.count("\n") - 1
