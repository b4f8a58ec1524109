"""Who waits for a linking in another window learns how it ends, and what was called off is not linked behind anybody's back."""

import pytest

from linking_world import BROWSER, World, sign_in
from linkspan.errors import ConsentRefusedError, LinkCancelledError, NotFoundError, UnauthenticatedError
from linkspan.link_records import WatchState
from linkspan.model import Secret
from linkspan.usecases.choose_company import choose_company
from linkspan.usecases.create_connect_session import OpenedSession
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.watch_linking import cancel_watch, read_watch, start_watch


async def state_of(world: World, opened: OpenedSession, watch_id: str) -> tuple[WatchState, str | None]:
    seen = await read_watch(world.hall, opened.token, watch_id)
    return seen.state, seen.account_id or seen.error_code


async def test_a_linking_is_told_to_everybody_who_waits_for_it(world_on_each: World) -> None:
    world = world_on_each
    opened, other = await world.open(), await world.open(owner="o2")
    first, second = await start_watch(world.hall, opened.token), await start_watch(world.hall, opened.token)
    foreign = await start_watch(world.hall, other.token)
    pending = await state_of(world, opened, first.id)
    view = await world.finish(await sign_in(await world.start(opened)))
    still = await state_of(world, opened, first.id)
    done = await choose_company(world.hall, view.attempt_id, view.companies[0].id, BROWSER)
    cancelled = await cancel_watch(world.hall, opened.token, first.id)

    assert done.account is not None
    assert (WatchState.PENDING, None) == pending == still
    assert [(WatchState.AUTHENTICATED, done.account.id)] * 2 == [
        await state_of(world, opened, watch.id) for watch in (first, second)
    ]
    assert WatchState.AUTHENTICATED is cancelled.state
    assert (WatchState.PENDING, None) == await state_of(world, other, foreign.id)
    with pytest.raises(NotFoundError):
        await read_watch(world.hall, opened.token, foreign.id)
    with pytest.raises(UnauthenticatedError):
        await start_watch(world.hall, opened.token)


async def test_what_was_called_off_before_the_sign_in_ends_is_refused(world: World) -> None:
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    params = await sign_in(await world.start(opened))
    await cancel_watch(world.hall, opened.token, watch.id)
    with pytest.raises(LinkCancelledError):
        await world.finish(params)
    requests = world.token_requests()

    assert (WatchState.CANCELLED, None) == await state_of(world, opened, watch.id)
    assert [] == requests
    assert [] == await list_accounts(world.hall, world.caller)


async def test_what_was_called_off_before_the_company_is_chosen_is_refused_and_its_tokens_are_gone(
    world_on_each: World,
) -> None:
    world = world_on_each
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    view = await world.finish(await sign_in(await world.start(opened)))
    await cancel_watch(world.hall, opened.token, watch.id)
    kept = await world.hall.links.of_browser(view.attempt_id, world.hall.vault.digest("link-browser", BROWSER))
    with pytest.raises(LinkCancelledError):
        await choose_company(world.hall, view.attempt_id, view.companies[0].id, BROWSER)

    assert (None, None) == (kept.access, kept.refresh)
    assert [] == await list_accounts(world.hall, world.caller)


async def test_a_cancelled_session_can_still_be_linked_anew(world: World) -> None:
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    await world.start(opened)
    await cancel_watch(world.hall, opened.token, watch.id)
    again = await start_watch(world.hall, opened.token)
    view = await world.finish(await sign_in(await world.start(opened)))
    await choose_company(world.hall, view.attempt_id, view.companies[0].id, BROWSER)

    assert WatchState.AUTHENTICATED is (await state_of(world, opened, again.id))[0]
    assert (WatchState.CANCELLED, None) == await state_of(world, opened, watch.id)


async def test_a_refusal_is_told_and_a_later_success_too(world: World) -> None:
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    world.simulator.revoke_consent()
    with pytest.raises(ConsentRefusedError):
        await world.finish(await sign_in(await world.start(opened), answer="cancel"))
    refused = await state_of(world, opened, watch.id)
    view = await world.finish(await sign_in(await world.start(opened)))
    await choose_company(world.hall, view.attempt_id, view.companies[0].id, BROWSER)

    assert (WatchState.ERROR, "consent_refused") == refused
    assert WatchState.AUTHENTICATED is (await state_of(world, opened, watch.id))[0]


async def test_a_strangers_answer_is_not_told_as_this_linkings_error(world: World) -> None:
    opened = await world.open()
    watch = await start_watch(world.hall, opened.token)
    params = await sign_in(await world.start(opened))
    with pytest.raises(Exception, match="another browser"):
        await world.finish(params, None)

    assert (WatchState.PENDING, None) == await state_of(world, opened, watch.id)


async def test_nobody_waits_for_ever_and_unknown_tokens_see_nothing(world: World) -> None:
    opened = await world.open(expires_in=7200)
    watch = await start_watch(world.hall, opened.token)
    world.later(minutes=61)

    assert WatchState.EXPIRED is (await state_of(world, opened, watch.id))[0]
    with pytest.raises(UnauthenticatedError):
        await read_watch(world.hall, Secret("nonsense"), watch.id)
