"""One project's data keys: rotated by its owner, counted by key, and no other project's touched."""

from linking_world import World
from linkspan.engine.call import Inputs
from linkspan.model import Caller
from linkspan.usecases.access import ALL_SCOPES
from linkspan.usecases.audit import read_audit
from linkspan.usecases.create_project import create_project
from linkspan.usecases.keep_webhooks import NewWebhook, create_webhook
from linkspan.usecases.rotate_keys import read_data_keys, rotate_project_keys
from linkspan.usecases.run_action import ActionRequest, run_action


async def test_only_the_own_project_gets_a_new_key_and_everything_opens(world_on_each: World) -> None:
    world, hall = world_on_each, world_on_each.hall
    account = await world.link()
    other = Caller((await create_project(hall, "Next door")).id, ALL_SCOPES)
    nothing = await read_data_keys(hall, other)
    for caller in (world.caller, other):
        await create_webhook(hall, caller, NewWebhook("http://127.0.0.1:9/sealed"))
    before = [await read_data_keys(hall, caller) for caller in (world.caller, other)]
    await rotate_project_keys(hall, world.caller)
    after = [await read_data_keys(hall, caller) for caller in (world.caller, other)]
    hall.warm.drop()
    run = await run_action(
        hall, world.caller, ActionRequest("dynamics365bc_list_customers", account.id, Inputs(query={"top": 1}), "rest")
    )

    assert [] == nothing
    assert [1, 1] == [len(keys) for keys in before]
    assert [(2, before[0][0].seals), (1, 0)] == [(key.version, key.seals) for key in after[0]]
    assert before[1] == after[1]
    assert run is not None
    assert ["keys.rotated"] == [
        entry.note.event for entry in await read_audit(hall, world.caller) if entry.note.event.startswith("keys.")
    ]
