"""`linkspan webhook`: who is told of account events, and how the deliveries go."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from linkspan.cli.opening import in_hall
from linkspan.cli.operator import operator
from linkspan.cli.output import console, print_facts, print_json, print_table
from linkspan.cli.profile import AsJson, ProjectOption
from linkspan.event_records import Delivery, DeliveryState, Event, EventType, Webhook
from linkspan.model import Secret
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_webhooks import WebhookView

WebhookId = Annotated[str, typer.Argument(help="Webhook id, as `linkspan webhook list` shows it.")]

app = typer.Typer(help="Webhooks: addresses of yours that are told of account events.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False, project: ProjectOption = None) -> None:
    """List the webhooks with their health."""
    from linkspan.usecases.keep_webhooks import list_webhooks

    async def story(hall: Hall) -> list[WebhookView]:
        return await list_webhooks(hall, await operator(hall, project))

    found = in_hall(story)
    if as_json:
        print_json([facts(view) for view in found])
        return
    rows = [(v.webhook.id, v.webhook.url, v.health, v.pending, v.dead) for v in found]
    print_table(("id", "address", "health", "waiting", "given up"), rows, empty="No webhook yet: linkspan webhook create --help")  # fmt: skip


@app.command()
def show(webhook_id: WebhookId, as_json: AsJson = False, project: ProjectOption = None) -> None:
    """Show one webhook and how its receiver answers."""
    from linkspan.usecases.keep_webhooks import read_webhook

    async def story(hall: Hall) -> WebhookView:
        return await read_webhook(hall, await operator(hall, project), webhook_id)

    told = facts(in_hall(story))
    print_json(told) if as_json else print_facts(told)


@app.command()
def create(
    url: Annotated[str, typer.Argument(help="Your receiver's public https address.")],
    event: Annotated[list[EventType] | None, typer.Option(help="What to tell; may be repeated. Default: everything.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:  # fmt: skip
    """Tell an address of yours what happens to accounts. Prints the signing secret, this once."""
    from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook

    new = NewWebhook(url=url, events=frozenset(event or ()), description=description)

    async def story(hall: Hall) -> tuple[Webhook, Secret]:
        return await create_webhook(hall, await operator(hall, project), new)

    _print_secret(*in_hall(story), as_json=as_json)


@app.command()
def change(
    webhook_id: WebhookId,
    url: Annotated[str | None, typer.Option(help="Another address.")] = None,
    event: Annotated[list[EventType] | None, typer.Option(help="What to tell instead; may be repeated.")] = None,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Switch it on or off.")] = None,
    project: ProjectOption = None,
) -> None:
    """Change a webhook; what waits for it goes to the new address."""
    from linkspan.usecases.keep_webhooks import WebhookChange, change_webhook

    changes = WebhookChange()
    if url is not None:
        changes["url"] = url
    if event:
        changes["events"] = frozenset(event)
    if enabled is not None:
        changes["enabled"] = enabled

    async def story(hall: Hall) -> Webhook:
        return await change_webhook(hall, await operator(hall, project), webhook_id, changes)

    print_facts(facts(WebhookView(in_hall(story))))


@app.command()
def rotate(webhook_id: WebhookId, as_json: AsJson = False, project: ProjectOption = None) -> None:
    """Make a new signing secret and print it, this once; for 24 hours the old one signs too."""
    from linkspan.usecases.keep_webhooks import rotate_webhook_secret

    async def story(hall: Hall) -> tuple[Webhook, Secret]:
        return await rotate_webhook_secret(hall, await operator(hall, project), webhook_id)

    _print_secret(*in_hall(story), as_json=as_json)


@app.command("test")
def try_(webhook_id: WebhookId, project: ProjectOption = None) -> None:
    """Send the webhook an event of type webhook.test; the running server delivers it."""
    from linkspan.usecases.keep_webhooks import try_webhook

    async def story(hall: Hall) -> Event:
        return await try_webhook(hall, await operator(hall, project), webhook_id)

    console.print(f"Event {in_hall(story).id} is on its way; see linkspan webhook deliveries {webhook_id}.")


@app.command()
def deliveries(
    webhook_id: WebhookId,
    state: Annotated[list[DeliveryState] | None, typer.Option(help="Only these; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
    project: ProjectOption = None,
) -> None:
    """List what was delivered, what waits and what was given up."""
    from linkspan.storage.delivery_store import DeliveryFilter
    from linkspan.usecases.read_deliveries import list_deliveries

    wanted = DeliveryFilter(webhook_id, tuple(state or ()), limit=limit)

    async def story(hall: Hall) -> list[Delivery]:
        return await list_deliveries(hall, await operator(hall, project), wanted)

    found = in_hall(story)
    if as_json:
        print_json([delivery_facts(each) for each in found])
        return
    rows = [
        (d.event.id, d.event.type.value, d.event.account_id, d.state.value, d.attempts, d.last_error or d.last_status)
        for d in found
    ]
    print_table(
        ("event", "type", "account", "state", "tries", "last answer"), rows, empty="Nothing was sent to it yet."
    )


@app.command()
def replay(
    webhook_id: WebhookId,
    event: Annotated[str | None, typer.Option(help="Only this event, whatever became of it.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Everything since then (UTC), delivered or not.")] = None,
    project: ProjectOption = None,
) -> None:
    """Deliver again what was given up or waits, in order; the running server sends it."""
    from linkspan.usecases.read_deliveries import replay_deliveries, replay_event

    async def story(hall: Hall) -> int:
        caller = await operator(hall, project)
        if event is not None:
            await replay_event(hall, caller, webhook_id, event)
            return 1
        return await replay_deliveries(hall, caller, webhook_id, since.replace(tzinfo=UTC) if since else None)

    console.print(f"{in_hall(story)} deliveries are due now.")


@app.command()
def delete(webhook_id: WebhookId, project: ProjectOption = None) -> None:
    """Remove a webhook and everything that waits for it."""
    from linkspan.usecases.keep_webhooks import delete_webhook

    async def story(hall: Hall) -> Webhook:
        return await delete_webhook(hall, await operator(hall, project), webhook_id)

    in_hall(story)
    console.print(f"Webhook {webhook_id} is removed.")


def facts(view: WebhookView) -> dict[str, object]:
    """What may be shown of a webhook."""
    hook = view.webhook
    return {
        "id": hook.id, "url": hook.url, "events": sorted(hook.events) or "all", "description": hook.description,
        "health": view.health, "waiting": view.pending, "given_up": view.dead, "failures": hook.failures,
        "failing_since": hook.failing_since.isoformat() if hook.failing_since else None,
        "last_error": hook.last_error if hook.failures else None,
        "last_success_at": hook.last_success_at.isoformat() if hook.last_success_at else None,
    }  # fmt: skip


def delivery_facts(delivery: Delivery) -> dict[str, object]:
    """What may be shown of a delivery."""
    return {
        "event_id": delivery.event.id, "type": delivery.event.type.value, "account_id": delivery.event.account_id or None,
        "at": delivery.event.at.isoformat(), "state": delivery.state.value, "attempts": delivery.attempts,
        "next_attempt_at": delivery.next_at.isoformat() if delivery.state is DeliveryState.PENDING else None,
        "last_status": delivery.last_status, "last_error": delivery.last_error,
    }  # fmt: skip


def _print_secret(webhook: Webhook, secret: Secret, *, as_json: bool) -> None:
    told = {**facts(WebhookView(webhook)), "secret": secret.reveal()}
    print_json(told) if as_json else print_facts(told)
