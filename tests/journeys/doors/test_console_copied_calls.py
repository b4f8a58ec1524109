"""The texts to copy are run as they are, a real key in the place of the placeholder: curl in a shell, Python, and MCP over HTTP."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from console_form import ActionForm, texts_of
from console_people import Signed, make_member, sign_in
from doors_world import BASE, World

from linkspan.people_records import Role
from linkspan.server import listening_socket, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")
# Names that a shell, Python and JSON each read in their own way.
AWKWARD = 'Copied $HOME `id` "O\'Hara" \\n {x} 100% ñ'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def developer(world: World) -> AsyncIterator[Signed]:
    async with sign_in(world, await make_member(world, "copier", Role.DEVELOPER)) as signed:
        yield signed


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(world: World) -> AsyncIterator[str]:
    bound = listening_socket(world.hall.settings.model_copy(update={"port": 0}))
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    async with serving(world.hall, bound):
        yield address


async def run_curl(text: str, folder: Path) -> object:
    return json.loads(await output("sh", "-c", text, folder=folder))["data"]


async def run_python(text: str, folder: Path) -> object:
    script = folder / "copied.py"
    script.write_text(text.replace("print(answer.data)", "import json\nprint(json.dumps(answer.data, default=str))"))
    return json.loads(await output(sys.executable, str(script), folder=folder))


async def run_mcp(text: str, folder: Path) -> object:
    assert folder
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, _, address = first.partition(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    async with httpx2.AsyncClient(timeout=60) as client:
        answer = await client.request(method, address, headers=headers, content=body.encode())
    told = answer.json()["result"]
    assert not told.get("isError"), told
    return told["content"][0]["text"]


async def output(*command: str, folder: Path) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert 0 == process.returncode, err.decode()
    return out


RUNNERS = {"curl": run_curl, "Python": run_python, "MCP": run_mcp}


@pytest.mark.parametrize("name", RUNNERS)
async def test_a_copied_read_answers_what_the_tester_answered(
    world: World, developer: Signed, served: str, tmp_path: Path, name: str
) -> None:
    if name == "curl" and shutil.which("curl") is None:
        pytest.skip("there is no curl")
    form = ActionForm(world, developer, "list_customers")
    await form.open()
    page = await form.press(
        "run",
        {
            "query.filter": '{"number": ["C00010", "C00020"]}',
            "query.select": "number,displayName",
            "query.page_size": "5",
        },
    )
    text = texts_of(page)[name]
    assert world.key not in page.text
    answer = await RUNNERS[name](text.replace("YOUR_API_KEY", world.key).replace(BASE, served), tmp_path)

    for number in ("C00010", "C00020"):
        assert number in page.text.partition('id="answer"')[2].partition("</table>")[0]
        assert number in str(answer)
    assert "C00030" not in str(answer)


@pytest.mark.parametrize("name", RUNNERS)
async def test_a_copied_write_writes_what_was_entered_once(
    world: World, developer: Signed, served: str, tmp_path: Path, name: str
) -> None:
    if name == "curl" and shutil.which("curl") is None:
        pytest.skip("there is no curl")
    form = ActionForm(world, developer, "create_item")
    await form.open()
    values = {"body.displayName": f"{AWKWARD} {name}", "body.unitPrice": "1234567.10", "body.blocked": "false"}
    page = await form.press("texts", values)
    text = texts_of(page)[name].replace("YOUR_API_KEY", world.key).replace(BASE, served)
    made = await RUNNERS[name](text, tmp_path)
    again = await RUNNERS[name](text, tmp_path)
    wanted = {"filter": {"unitPrice": 1234567.10}, "select": "displayName"}
    found = (await world.rpc("list_items", query=wanted)).json()["data"]
    shown = json.dumps(made, ensure_ascii=False) if isinstance(made, dict) else str(made)

    assert 1 == [row["displayName"] for row in found].count(f"{AWKWARD} {name}")
    assert "1234567.1" in shown
    assert str(made) == str(again).replace(',"replayed":true', "")
