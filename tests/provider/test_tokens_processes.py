"""Several processes over one account: one token request per expiry, on both databases."""

import asyncio
import sys
from pathlib import Path

from sizes import size

WORKER = Path(__file__).with_name("token_worker.py")
PROCESSES = 2
HOURS = 3600 * 24  # between expiries: longer than any access token lives, and well within the 90 days of a refresh token


async def start(world, account, url, data_dir):
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(WORKER), url, str(data_dir), account.project_id, account.id, str(size("token_tasks")),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert b"ready\n" == await process.stdout.readline()
    return process


async def ask(process, offset):
    process.stdin.write(f"{offset}\n".encode())
    await process.stdin.drain()
    return (await process.stdout.readline()).split()


async def test_one_request_per_expiry_over_all_processes(world_on_each, database_url, tmp_path):
    world = world_on_each
    account = await world.link()
    world.simulator.clear_requests()
    workers = await asyncio.gather(*(start(world, account, database_url, tmp_path) for _ in range(PROCESSES)))
    expiries, seen = size("token_expiries"), []
    for number in range(1, expiries + 1):
        answers = await asyncio.gather(*(ask(worker, number * HOURS) for worker in workers))
        seen.append({token for answer in answers for token in answer})
    for worker in workers:
        worker.stdin.close()
        assert 0 == await worker.wait()

    grant = await world.hall.grants.read(account.project_id, account.id)
    assert [1] * expiries == [len(tokens) for tokens in seen]
    assert expiries == len(set.union(*seen))
    assert [200] * expiries == world.token_requests()
    assert 1 + expiries == grant.version


async def test_a_killed_owner_costs_one_more_request_and_no_grant(world_on_each, database_url, tmp_path):
    world = world_on_each
    account = await world.link()
    world.simulator.clear_requests()
    first, second = await asyncio.gather(*(start(world, account, database_url, tmp_path) for _ in range(2)))
    world.simulator.fail_next("delay", path="/oauth2/v2.0/token", delay_seconds=30)
    first.stdin.write(f"{HOURS}\n".encode())
    await first.stdin.drain()
    while not world.simulator.requests(path="/oauth2/v2.0/token"):
        await asyncio.sleep(0.02)
    first.kill()
    await first.wait()
    # The dead owner's lease is over for a clock that is a minute ahead.
    answer = await ask(second, HOURS + 60)
    second.stdin.close()
    assert 0 == await second.wait()

    assert 64 == len(answer[0])
    assert 2 == len(world.token_requests())
    assert 2 == (await world.hall.grants.read(account.project_id, account.id)).version
