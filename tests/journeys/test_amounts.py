"""Any decimal that Business Central accepts comes back with the same digits, through rpc and CLI, in create and in list."""

import json
import re
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_process import Demo, clean_environment
from sizes import size

DIGITS = re.compile(rb'"unitPrice":\s*(-?[0-9.]+)')
LINE_DIGITS = re.compile(rb'"amount":\s*(-?[0-9.]+)')
# Up to fifteen digits before the point and five behind it; a trailing zero is a digit like any other.
amounts = st.from_regex(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,5})?", fullmatch=True)


def digits_in(raw: bytes) -> list[str]:
    return [found.decode() for found in DIGITS.findall(raw)]


def create(demo: Demo, amount: str, *, as_text: bool) -> tuple[str, bytes]:
    value = f'"{amount}"' if as_text else amount
    # The same amount may be tried twice within the seconds in which an equal create is held back.
    body = f'{{"action":"dynamics365bc_create_item","allow_duplicate":true,"body":{{"displayName":"Amount","unitPrice":{value}}}}}'
    with demo.client() as client:
        answer = client.post("/actions/rpc", content=body, headers={"content-type": "application/json"})
    assert 200 == answer.status_code, answer.text
    return msgspec.json.decode(answer.content)["data"]["id"], answer.content


@pytest.mark.timeout(600)
def test_amounts_keep_their_digits_over_rpc(demo: Demo) -> None:
    @given(amounts, st.booleans())
    @settings(max_examples=size("amounts"), deadline=None)
    def check(amount: str, as_text: bool) -> None:
        record, created = create(demo, amount, as_text=as_text)
        with demo.client() as client:
            listed = client.post(
                "/actions/rpc",
                json={
                    "action": "dynamics365bc_list_items",
                    "query": {"filter": {"id": record}, "select": ["id", "unitPrice"]},
                },
            )
            client.post("/actions/rpc", json={"action": "dynamics365bc_delete_item", "path": {"id": record}})

        assert [amount] == digits_in(created)
        assert [amount] == digits_in(listed.content)

    check()


@pytest.mark.timeout(600)
def test_amounts_below_zero_keep_their_digits_too(demo: Demo) -> None:
    journal = demo.rpc("list_journals").json()["data"][0]["id"]
    account = next(
        row["id"]
        for row in demo.rpc("list_accounts").json()["data"]
        if row["directPosting"] and row["accountType"] == "Posting"
    )

    @given(st.from_regex(r"-(0\.[0-9]{0,1}[1-9]|[1-9][0-9]{0,12}(\.[0-9]{1,2})?)", fullmatch=True))
    @settings(max_examples=size("amounts"), deadline=None)
    def check(amount: str) -> None:
        body = f'{{"accountId":"{account}","amount":{amount}}}'
        call = f'{{"action":"dynamics365bc_create_journal_line","allow_duplicate":true,"path":{{"journal_id":"{journal}"}},"body":{body}}}'
        with demo.client() as client:
            made = client.post("/actions/rpc", content=call, headers={"content-type": "application/json"})
            assert 200 == made.status_code, made.text
            record = msgspec.json.decode(made.content)["data"]["id"]
            query = {"filter": {"id": record}}
            listed = client.post(
                "/actions/rpc",
                json={"action": "dynamics365bc_list_journal_lines", "path": {"journal_id": journal}, "query": query},
            )
            client.post("/actions/rpc", json={"action": "dynamics365bc_delete_journal_line", "path": {"id": record}})

        assert [amount] == [found.decode() for found in LINE_DIGITS.findall(made.content)]
        assert [amount] == [found.decode() for found in LINE_DIGITS.findall(listed.content)]

    check()


def run_cli(demo: Demo, *words: str) -> bytes:
    command = [
        sys.executable,
        "-m",
        "linkspan.cli.app",
        "--data-dir",
        str(demo.data_dir),
        "run",
        *words,
        "--account",
        demo.account_id,
    ]
    environment = clean_environment(LINKSPAN_ALLOW_PRIVATE_ADDRESSES="true")
    done = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=60)
    assert 0 == done.returncode, done.stderr.decode()
    return done.stdout


@pytest.mark.timeout(600)
def test_amounts_keep_their_digits_through_the_cli(demo: Demo) -> None:
    @given(amounts)
    @settings(max_examples=size("amounts_cli"), deadline=None)
    def check(amount: str) -> None:
        created = run_cli(demo, "dynamics365bc_create_item", "-f", "displayName=Amount", "-f", f"unitPrice={amount}")
        record = json.loads(created)["data"]["id"]
        listed = run_cli(demo, "dynamics365bc_list_items", "--query", f'filter={{"id": "{record}"}}')
        run_cli(demo, "dynamics365bc_delete_item", "--path", f"id={record}")

        assert [amount] == digits_in(created)
        assert [amount] == digits_in(listed)

    check()
