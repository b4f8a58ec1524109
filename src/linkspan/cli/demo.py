"""`linkspan demo`: server and simulator on loopback, one account linked through the real OAuth flow, a few actions run."""

import asyncio
import shlex
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.log_output import configure_log_output
from linkspan.cli.opening import in_hall, root_settings, stop
from linkspan.cli.operator import operator
from linkspan.cli.output import complaints, console, print_facts, print_heading, print_json
from linkspan.cli.serve import owner_code, with_port
from linkspan.errors import ConfigurationError, LinkingError
from linkspan.model import Account, Caller, Owner, Profile, Secret
from linkspan.usecases.hall import Hall

if TYPE_CHECKING:
    from linkspan.simulator import Simulator

CONNECTOR = "dynamics365bc"
# The invented product whose customers link their accounts: link pages call it by this name.
PRODUCT = "Quayside Orders"
OWNER = Owner("demo-customer", "Demo customer")
GUIDE = f"/connectors/{CONNECTOR}/guides/connector-profile/oauth-2-0"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo made: everything that its JSON line tells."""

    base_url: str
    api_key: Secret
    project_id: str
    profile_id: str
    account: Account
    simulator_url: str
    console_code: str | None = None
    mcp_conformance_url: str | None = None

    def line(self) -> dict[str, str]:
        """The machine-readable form; a key whose door does not exist is absent, and so is the code once somebody can sign in."""
        code = {"console_code": self.console_code} if self.console_code else {}
        conformance = {"mcp_conformance_url": self.mcp_conformance_url} if self.mcp_conformance_url else {}
        return {
            "base_url": self.base_url,
            "api_key": self.api_key.reveal(),
            "project_id": self.project_id,
            "profile_id": self.profile_id,
            "account_id": self.account.id,
            "company_id": self.account.fields["company_id"],
            "guide_url": self.base_url + GUIDE,
            "simulator_url": self.simulator_url,
            "mcp_url": f"{self.base_url}/mcp",
            "console_url": f"{self.base_url}/console",
            **code,
            **conformance,
        }


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Walk the sign-in pages without a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line when ready, and nothing else.")] = False,
    leave: Annotated[bool, typer.Option("--exit", help="End after the actions have run.")] = False,
    port: Annotated[int, typer.Option(help="Port of the server; 0 picks free ones, for the simulator too.")] = 8700,
    simulator_port: Annotated[
        int | None, typer.Option(help="Port of the simulator (8790; with --port 0 a free one).")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the demo's database and key file.")] = None,
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Also serve the fixture of MCP's conformance suite, without sign-in.")
    ] = False,
) -> None:
    """Try Linkspan without a tenant: server, simulator, a linked account, actions.

    Stays up until Ctrl-C. Its data is in a folder of its own, so that it cannot touch a real installation's.
    """
    from linkspan.server import listening_socket
    from linkspan.simulator import Simulator

    folder = data_dir or root_settings().data_dir / "demo"
    settings = root_settings(port=port, data_dir=folder, allow_private_addresses=True)
    chosen = simulator_port if simulator_port is not None else 8790 if port else 0
    try:
        bound = listening_socket(settings)
        simulator = Simulator.start(port=chosen)
    except OSError as error:
        stop(ConfigurationError(f"A port is taken: {error.strerror}.", next_step="Use --port 0 to pick free ones."))
    settings = with_port(settings, bound.getsockname()[1])
    configure_log_output(settings, quiet=True)

    async def story(hall: Hall) -> None:
        from linkspan.doors.mcp.routes import CONFORMANCE_PATH, conformance_routes
        from linkspan.server import serving

        async with serving(hall, bound, conformance_routes(hall) if conformance else ()):
            if not as_json:
                introduce(simulator, headless=headless)
            shown = await link(hall, simulator, headless=headless, quiet=as_json)
            if conformance:
                shown = replace(shown, mcp_conformance_url=shown.base_url + CONFORMANCE_PATH)
            if as_json:
                print_json(shown.line())
            else:
                from linkspan.cli.showcase import run_showcase

                await run_showcase(shown)
                tell(shown, folder, stays=not leave)
            if not leave:
                await until_stopped()

    with simulator:
        in_hall(story, settings=settings)


async def link(hall: Hall, simulator: "Simulator", *, headless: bool, quiet: bool) -> Shown:
    """Key, profile, connect session, sign-in: the same use cases and pages that everybody else uses."""
    from linkspan.usecases.create_connect_session import NewSession, create_connect_session
    from linkspan.usecases.create_key import NewKey, create_key
    from linkspan.usecases.create_project import create_project, list_projects

    if not await list_projects(hall):
        await create_project(hall, PRODUCT)
    caller = await operator(hall)
    _, key = await create_key(hall, caller, NewKey(name="demo"))
    simulator.add_redirect_uri(
        simulator.demo.client_id, f"{hall.settings.base_url}/connect/oauth2/{CONNECTOR}/callback"
    )
    profile = await demo_profile(hall, caller, simulator)
    opened = await create_connect_session(hall, caller, NewSession(owner=OWNER, profile_id=profile.id))
    if headless:
        await walk_pages(opened.link_url, simulator)
    else:
        invite(opened.link_url, simulator)
    account = await linked_account(hall, caller, wait=not headless)
    if not quiet:
        console.print(
            f"Linked account {account.id}: {account.fields['company_name']} ({account.fields['environment']})"
        )
    code = await owner_code(hall)
    return Shown(hall.settings.base_url, key, caller.project_id, profile.id, account, simulator.url, code)


def introduce(simulator: "Simulator", *, headless: bool) -> None:
    """What is about to happen."""
    console.print(
        "Linkspan's demo. A simulator stands in for Business Central and its sign-in; nothing leaves this machine."
    )
    person = f"{simulator.demo.user} signs in, agrees and chooses" if headless else "you sign in, agree and choose"
    print_heading("Linking an account", f"{person} the company (OAuth 2.0, code flow with PKCE)")


def invite(link_url: str, simulator: "Simulator") -> None:
    """What a person needs who walks the pages: on standard error, since standard output may be for a program."""
    demo = simulator.demo
    complaints.print("Open this page in a browser; it waits for you:")
    complaints.print(f"  {link_url}")
    complaints.print(f"Tenant {demo.tenant_id}, environment {demo.environment}")
    complaints.print(f"Sign in as {demo.user} with the password {demo.password}")


async def demo_profile(hall: Hall, caller: Caller, simulator: "Simulator") -> Profile:
    """The profile that points at the simulator; one that an earlier demo left is pointed anew."""
    from linkspan.usecases.change_profile import ProfileChange, change_profile
    from linkspan.usecases.create_profile import NewProfile, create_profile
    from linkspan.usecases.read_profiles import list_profiles

    secret, name = Secret(simulator.demo.client_secret), "Simulator"
    for profile in await list_profiles(hall, caller, connector=CONNECTOR):
        if profile.name == name:
            change = ProfileChange(
                client_id=str(simulator.demo.client_id),
                client_secret=secret,
                provider_url=simulator.url,
                audience="one_tenant",
            )
            return await change_profile(hall, caller, profile.id, change)
    new = NewProfile(CONNECTOR, name, str(simulator.demo.client_id), client_secret=secret, provider_url=simulator.url)
    return await create_profile(hall, caller, new)


async def walk_pages(link_url: str, simulator: "Simulator") -> None:
    """Do what the customer does on the link page, at the sign-in and at the choice of the company. Raises LinkingError."""
    from linkspan.cli.walk import Walker

    demo_data = simulator.demo
    answers = {
        "tenant_id": str(demo_data.tenant_id),
        "environment": demo_data.environment,
        "username": demo_data.user,
        "password": demo_data.password,
        "answer": "accept",
        "company_id": str(demo_data.company_id),
    }
    page = await Walker(answers).walk(link_url)
    if page.status_code >= 400:  # noqa: PLR2004  HTTP's own border between answers and refusals
        raise LinkingError(f"The link page answered {page.status_code} at {page.url.path}.")


async def linked_account(hall: Hall, caller: Caller, *, wait: bool) -> Account:
    """The demo customer's account, once it is active. Raises LinkingError if the sign-in did not make one."""
    from linkspan.storage.account_store import AccountFilter
    from linkspan.usecases.read_accounts import list_accounts

    while True:
        found = await list_accounts(hall, caller, AccountFilter(owner_ids=(OWNER.id,)))
        active = [account for account in found if account.fields.get("company_id")]
        if active:
            return active[-1]
        if not wait:
            raise LinkingError("The sign-in went through, but no account came of it.")
        await asyncio.sleep(0.5)


def tell(shown: Shown, data_dir: Path, *, stays: bool) -> None:
    """The address of every door that exists, and what to try next while the demo stays up."""
    line = shown.line()
    print_heading("Addresses")
    print_facts(
        {
            "console": f"{line['console_url']}  ({sign_in_hint(shown.console_code)})",
            "guide": line["guide_url"],
            "link guide": line["guide_url"].replace("connector-profile", "link-account"),
            "connectors": f"{shown.base_url}/connectors",
            "OpenAPI": f"{shown.base_url}/v1/openapi.json",
            "accounts (REST)": f"{shown.base_url}/v1/accounts",
            "MCP": line["mcp_url"],
            **({"MCP conformance": line["mcp_conformance_url"]} if shown.mcp_conformance_url else {}),
            "simulator": f"{shown.simulator_url}/_sim/",
            "API key": shown.api_key.reveal(),
            "account": shown.account.id,
        }
    )
    if not stays:
        console.print("\nDone. Without --exit the demo stays up, so that you can try the addresses and the key.")
        return
    print_heading("Try")
    console.print(
        f"curl -s {shown.base_url}/actions/rpc -u {shown.api_key.reveal()}: -H 'x-account-id: {shown.account.id}' "
        f"""-d '{{"action": "{CONNECTOR}_list_items", "query": {{"top": 3}}}}'"""
    )
    console.print(f"{own_command()} --data-dir {shlex.quote(str(data_dir))} logs list")
    console.print("\nThe demo is up. Stop it with Ctrl-C.")


def sign_in_hint(code: str | None) -> str:
    """How to get into the console: with the first owner's code as long as nobody can sign in."""
    return f"first owner's code: {code}" if code else "sign in as the owner that you made"


def own_command() -> str:
    """How this command was called, so that a printed one can be pasted."""
    return sys.argv[0] if Path(sys.argv[0]).name == "linkspan" else "linkspan"


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
