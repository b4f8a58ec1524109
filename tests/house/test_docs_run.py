"""Every command that README and docs print runs; the quick start has a test of its own (tests/journeys/test_quickstart.py)."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo_process import running_demo
from demo_signin import sign_client_in
from docs_shell import ROOT, RUN, Shell, commands_of, is_server, read_until, stop
from linkspan.simulator.odata.metadata import metadata_document
from own_certificates import new_certificate

OWN_TEST = {"quickstart-real-tenant.md"}
PAGES = sorted(page for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if page.name not in OWN_TEST)
# A test inside a test would never end, and a lock needs a tool of its own: make tells what it would do.
ONLY_TOLD = {"test", "test-full", "check", "clients", "bench", "docs", "lock"}
READY = {"up": "data ", "sim": "user ", "demo": "account "}


def commands() -> list[tuple[Path, int, str]]:
    return [(page, number, text) for page in PAGES for number, text in enumerate(commands_of(page))]


def shown(value: object) -> str:
    return value.name if isinstance(value, Path) else re.sub(r"\s+", " ", str(value))[:60]


def fill(folder: Path) -> None:
    """The files that the docs speak of."""
    certificate, key = new_certificate()
    secrets = {"new-secret.txt": "another-secret", "oidc-secret.txt": "a-provider-secret"}
    for name, text in {"certificate.pem": certificate, "key.pem": key, **secrets}.items():
        (folder / name).write_text(text)
    (page,) = re.findall(
        r"^```yaml\n(profiles:.*?)^```", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (folder / "project.yaml").write_text(page)
    (folder / "metadata.xml").write_bytes(metadata_document())


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell whose installation is a running demo, with the harbour connector at hand."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "tests" / "connectors" / "folders", folder / "connectors")
    with running_demo(folder / "demo") as demo:
        variables = {
            "LINKSPAN_DATA_DIR": str(demo.data_dir), "LINKSPAN_ALLOW_PRIVATE_ADDRESSES": "true",
            "LINKSPAN_PORT": demo.base_url.rpartition(":")[2],
            "ACCOUNT": demo.account_id, "API_KEY": demo.api_key, "CLIENT_ID": "5d115c9c-44e3-4a11-bb43-000d3a2feca1",
            "BC_CLIENT_SECRET": "a-client-secret",
        }  # fmt: skip
        fill(folder)
        shell = Shell(
            folder, variables, {"http://127.0.0.1:8700": demo.base_url, "curl -s": "curl -s --fail-with-body"}
        )
        made = shell.run(
            "linkspan profile create --client-id $CLIENT_ID --name rolled --secret-file new-secret.txt --json"
        )
        key = shell.run("linkspan key create --name limited --json")
        sign_client_in(demo)
        permit = json.loads(shell.run("linkspan mcp permits list --json"))[0]["id"]
        known = {"PROFILE": json.loads(made)["id"], "KEY_ID": json.loads(key)["id"], "PERMIT": permit}
        yield replace(shell, variables=variables | known)


def of_make(command: str, folder: Path) -> str:
    """The make command, without making the environment that this test runs in."""
    target = command.split()[1]
    made = "-o .venv/.runtime -o .venv/.dev"
    if target in ONLY_TOLD:
        return f"make -n {made} {target}"
    given = re.search(r'ARGS="(.*)"', command)
    words = f"{given[1] if given else '--headless --exit'} --port 0 --data-dir {folder / 'made'}"
    return f'make {made} {target} ARGS="{words}"'


@pytest.mark.parametrize(("page", "number", "text"), commands(), ids=shown)
def test_the_command_runs(shell: Shell, page: Path, number: int, text: str) -> None:
    before = [line for line in commands_of(page)[:number] if line.startswith("export ")]
    text = re.sub(r"\s+# .*$", "", text, flags=re.MULTILINE)
    if text.startswith("make "):
        assert shell.run(of_make(text, shell.folder), folder=ROOT)
    elif is_server(text):
        process = shell.start(*before, f"{text} --port 0")
        try:
            told = read_until(process, READY[text.split("linkspan ")[1].split()[0]])
        finally:
            code = stop(process)

        assert "http" in told
        assert 0 == code
    else:
        told = shell.run(*before, text, typed="a-client-secret\n")

        assert told or text.startswith("export ")


def test_no_command_stands_where_it_would_not_be_run() -> None:
    """A command in a block without `sh`, or in an indented block, would be left out without anybody noticing."""
    word = re.compile(
        r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(?:linkspan|make|curl|git|pip|python3?|uv|npm|docker) "
    )
    found = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text()
        found += [f"{page.name}: {line}" for line in re.findall(r"^[ >]+```.*$", text, re.MULTILINE)]
        for language, block in re.findall(r"^```(.*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            if language not in RUN:
                found += [f"{page.name}: {line}" for line in block.splitlines() if word.match(line)]
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        found += [f"{page.name}: {line}" for line in prose.splitlines() if line.startswith("    ") and word.match(line)]

    assert [] == found


def test_commands_are_found_on_every_page_that_shows_some() -> None:
    found = {page.name for page, _, _ in commands()}

    assert {"README.md", "actions.md", "add-an-action.md", "add-a-connector.md"} <= found
    assert 20 <= len(commands())
