"""`linkspan sim`: the simulator alone, told by options or environment variables what it starts with."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import stop
from linkspan.cli.output import console, print_facts
from linkspan.cli.progress import progress
from linkspan.errors import ConfigurationError

if TYPE_CHECKING:
    from linkspan.simulator import Simulator

Texts = list[str] | None
Host = Annotated[str, typer.Option(help="Address to listen on.", envvar="SIM_HOST")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.", envvar="SIM_PORT")]
Customers = Annotated[
    int, typer.Option(help="Invent so many customers before the first answer.", envvar="SIM_CUSTOMERS", min=0)
]
Seed = Annotated[int, typer.Option(help="The same seed invents the same customers.", envvar="SIM_SEED")]
Fail = Annotated[
    Texts,
    typer.Option(help="A failure in waiting, such as throttle,path=customers,times=3; repeatable.", envvar="SIM_FAIL"),
]
Limit = Annotated[Texts, typer.Option(help="A limit, such as requests=100; repeatable.", envvar="SIM_LIMIT")]
Switch = Annotated[
    Texts, typer.Option(help="A switch, such as retry_after_seconds=5; repeatable.", envvar="SIM_SWITCH")
]
Receiver = Annotated[
    Texts, typer.Option(help="A host besides this one that notifications may go to; repeatable.", envvar="SIM_RECEIVER")
]
Record = Annotated[
    Path | None, typer.Option(help="Pass requests on to --upstream and write its answers, redacted, to this new file.")
]
Upstream = Annotated[str | None, typer.Option(help="The service to record: Business Central unless given.")]
Replay = Annotated[
    Path | None, typer.Option(help="Answer from a recorded file instead of the books.", envvar="SIM_REPLAY")
]
CustomApi = Annotated[
    list[Path] | None,
    typer.Option(help="A JSON file with a custom API to serve, too; repeatable.", envvar="SIM_CUSTOM_API"),
]
Impersonate = Annotated[
    bool, typer.Option(help="Also serve the provider's own host names through a local proxy.", envvar="SIM_IMPERSONATE")
]


def sim(
    host: Host = "127.0.0.1",
    port: Port = 8790,
    impersonate: Impersonate = False,
    customers: Customers = 0,
    seed: Seed = 0,
    fail: Fail = None,
    limit: Limit = None,
    switch: Switch = None,
    receiver: Receiver = None,
    record: Record = None,
    upstream: Upstream = None,
    replay: Replay = None,
    custom_api: CustomApi = None,
) -> None:
    """Start the simulator alone: an offline Business Central and Entra ID with a demo company.

    Options that may be repeated take several values, with blanks between, from their environment variable.
    """
    from linkspan.simulator.serve import serve_forever
    from linkspan.simulator.startup import Startup
    from linkspan.simulator.tape.upstream import BUSINESS_CENTRAL

    startup = Startup(
        customers=customers,
        seed=seed,
        fail=tuple(fail or ()),
        limit=tuple(limit or ()),
        switch=tuple(switch or ()),
        receivers=tuple(receiver or ()),
        record=record,
        upstream=upstream or BUSINESS_CENTRAL,
        replay=replay,
        custom_apis=tuple(custom_api or ()),
    )
    with ExitStack() as shown:
        if customers:
            shown.enter_context(progress(f"inventing {customers} customers"))

        def ready(simulator: "Simulator") -> None:
            shown.close()
            tell_simulator(simulator)

        serving = serve_forever(host, port, seed=seed, impersonate=impersonate, startup=startup, ready=ready)
        _serve(serving, f"{host} port {port}")


def _serve(serving: Coroutine[object, object, None], address: str) -> None:
    from linkspan.simulator.command import ControlError

    try:
        asyncio.run(serving)
    except OSError as error:
        stop(ConfigurationError(f"Cannot listen on {address}: {error.strerror}."))
    except ControlError as error:
        stop(ConfigurationError(str(error)))


def tell_simulator(simulator: "Simulator") -> None:
    """The simulator's address, and all that is needed to link its demo account."""
    demo = simulator.demo
    print_facts(
        {
            "simulator": simulator.url,
            "state": f"{simulator.url}/_sim/",
            "API root": f"{simulator.url}/v2.0/{demo.tenant_id}/{demo.environment}/api/v2.0",
            "tenant": f"{demo.tenant_id} ({demo.tenant_domain})",
            "environments": ", ".join(demo.environments),
            "client id": demo.client_id,
            "client secret": demo.client_secret,
            "tape": "" if simulator.service.deck.state == "off" else simulator.service.deck.state,
            "user": f"{demo.user} / {demo.password}",
        }
    )
    if simulator.front is not None:
        console.print("Unmodified clients reach it by the provider's own host names with these set:")
        for name, value in simulator.front.environment.items():
            console.print(f"export {name}={value}", highlight=False, soft_wrap=True)
