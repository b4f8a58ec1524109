"""The proof of the token life cycle: many processes over one account, many expiries, and a provider that fails in every way.

`Proof.run` lets each expiry happen, with a fault or without, asks every process for a token, and asserts what must hold after it.
"""

import asyncio
import hashlib
import json
import random
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from token_gate import Gate

from linking_world import World
from linkspan.model import Account, AccountState

WORKER = Path(__file__).with_name("token_worker.py")
TOKEN = "/oauth2/v2.0/token"
STEP = 3 * 3600  # seconds between expiries: longer than any access token lives
LEASE = 1.5
TIMING = {"lease": LEASE, "poll": 0.05, "pause": 0.2, "retry_pause": 0.15, "patience": 30.0}
PATIENT, HASTY = 20.0, 0.4  # time-outs of the provider requests, in seconds
LOST = "rotation_answer_lost"


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    `failure` is what the simulator is asked to do, `cost` how many more token requests an expiry may need for it, `loses`: the answer of a
    rotation is lost. `act` names what the driver does besides.
    """

    name: str
    failure: dict[str, object] | None = None
    cost: int = 0
    loses: bool = False
    act: str = ""
    timeout: float = PATIENT


NONE = Fault("none")
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("short delay", {"kind": "delay", "delay_seconds": 0.05}),
        Fault("delay longer than the lease", {"kind": "delay", "delay_seconds": LEASE + 0.5}),
        Fault("500", {"kind": "status", "status": 500, "body": ""}, cost=1),
        Fault("refused", act="refuse", cost=1),
        Fault("cut after rotation", {"kind": "drop_after"}, cost=1, loses=True),
        Fault("half an answer", {"kind": "half_body"}, cost=1, loses=True),
        Fault("time-out", {"kind": "delay_after", "delay_seconds": 2 * HASTY}, cost=1, loses=True, timeout=HASTY),
        Fault("killed before rotation", {"kind": "delay", "delay_seconds": 0.5}, cost=1, act="kill"),
        Fault("killed after rotation", {"kind": "delay_after", "delay_seconds": 0.5}, cost=1, act="kill"),
        # Whoever sleeps through its lease finds its answer on waking.
        Fault("frozen longer than the lease", {"kind": "delay_after", "delay_seconds": 0.3}, cost=1, act="freeze"),
    )
}


ANSWERED = ("short delay", "500", "refused")
LOSING = ("cut after rotation", "half an answer")
SLOW = ("delay longer than the lease", "time-out")
STRICKEN = ("killed before rotation", "killed after rotation", "frozen longer than the lease")


def plan(expiries: int, rare: tuple[str, ...], common: tuple[str, ...], *, seed: int = 5) -> list[Fault]:
    """Each fault once at least, in random order: of the rest half have none, 1 in 100 a rare (slow) one."""
    chance = random.Random(seed)  # noqa: S311 - a plan, no secret
    faults = [FAULTS[name] for name in (*rare, *common)]
    while len(faults) < expiries:
        draw = chance.random()
        names = rare if draw < 0.01 and rare else common if draw < 0.5 else ()
        faults.append(FAULTS[chance.choice(names)] if names else NONE)
    chance.shuffle(faults)
    return faults


@dataclass
class Proof:
    """One account, its processes, and what has been seen; `plant` names a bug that the processes are given."""

    world: World
    url: str
    data_dir: Path
    processes: int
    tasks: int
    reuse: str
    plant: str | None = None
    workers: list[asyncio.subprocess.Process] = field(default_factory=list)
    lost_by_provider: list[str] = field(default_factory=list)
    lost_grants: list[str] = field(default_factory=list)
    requests: int = 0
    allowed: int = 0

    async def run(self, faults: list[Fault]) -> None:
        """Let every expiry happen. Raises AssertionError for whatever does not hold."""
        self.account = await self.world.link()
        self.gate = Gate(self.world.simulator.url)
        await self.gate.open()
        await self._use_gate()
        self.world.simulator.set_refresh_reuse_revokes(on=self.reuse == "revokes")
        self.workers = list(await asyncio.gather(*(self._worker() for _ in range(self.processes))))
        try:
            for number, fault in enumerate(faults, 1):
                await self._expire(number, fault)
        finally:
            for worker in self.workers:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
                await worker.wait()
            await self.gate.shut()
        assert sorted(self.lost_by_provider) == sorted(self.lost_grants)

    async def _use_gate(self) -> None:
        profile = await self.world.hall.profiles.read(self.account.project_id, self.account.profile_id)
        changed = {name: getattr(profile, name) for name in profile.__slots__} | {"provider_url": self.gate.url}
        await self.world.hall.profiles.change(type(profile)(**changed))

    async def _worker(self) -> asyncio.subprocess.Process:
        asked = {
            "url": self.url, "data_dir": str(self.data_dir), "project_id": self.account.project_id, "account_id": self.account.id,
            "tasks": self.tasks, "reuse": self.reuse, "plant": self.plant, "timing": TIMING,
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(WORKER), json.dumps(asked), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert b"ready\n" == await process.stdout.readline()
        return process

    async def _expire(self, number: int, fault: Fault) -> None:
        simulator, seconds = self.world.simulator, number * STEP
        simulator.clear_requests()
        if fault.failure is not None:
            simulator.fail_next(path=TOKEN, **fault.failure)
        before = await self._grant()
        answers = await getattr(self, f"_{fault.act or 'ask'}")(seconds, fault)
        await self._calm()
        asked, told = simulator.requests(path=TOKEN), f"expiry {number}, {fault.name}"
        seen, rotations, lost = len(asked), sum(bool(each.rotated) for each in asked), simulator.lost_rotations()
        self.requests += seen
        self.allowed += 1 + fault.cost
        if self.reuse == "revokes" and fault.loses:
            await self._lost(number, seen, lost, answers)
            return
        if self.reuse == "revokes":
            assert 1 == rotations, told
            assert [] == lost, told
        after = await self._grant()
        assert seen <= 1 + fault.cost, (told, seen)
        assert 1 == len(set.union(*answers)), (told, answers)
        assert 64 == len(next(iter(answers[0]))), (told, answers)
        assert before.version + 1 == after.version, told
        assert hashlib.sha256((await self._access(after)).encode()).hexdigest() in answers[0], told
        assert AccountState.ACTIVE is (await self._account()).state, told

    async def _lost(self, number: int, seen: int, lost: list[str], answers: list[set[str]]) -> None:
        """The grant is gone, and said to be gone; nothing sends its token again; its user links again."""
        told, account = f"expiry {number}", await self._account()
        again = await self._ask(number * STEP, NONE)
        assert [{"NeedsReauthError"}] * len(answers) == answers == again, told
        assert (AccountState.NEEDS_REAUTH, LOST) == (account.state, account.reasons[0].code), told
        assert 1 == seen == len(self.world.simulator.requests(path=TOKEN)), told
        self.lost_by_provider += lost
        self.lost_grants.append(hashlib.sha256((await self._refresh(await self._grant())).encode()).hexdigest())
        linked = await self.world.link()
        assert self.account.id == linked.id, told

    async def _ask(
        self, seconds: float, fault: Fault, workers: list[asyncio.subprocess.Process] | None = None
    ) -> list[set[str]]:
        asked = self.workers if workers is None else workers
        for worker in asked:
            worker.stdin.write(f"{seconds} {fault.timeout}\n".encode())
        self.world.clock.offset = type(self.world.clock.offset)(seconds=seconds)
        return [set((await worker.stdout.readline()).decode().split()) for worker in asked]

    async def _refuse(self, seconds: float, fault: Fault) -> list[set[str]]:
        await self.gate.shut()
        await asyncio.sleep(0.05)  # until the kept connections are known to be gone
        asking = asyncio.create_task(self._ask(seconds, fault))
        await asyncio.sleep(0.08)
        await self.gate.open()
        return await asking

    async def _kill(self, seconds: float, fault: Fault) -> list[set[str]]:
        """The first process asks and is killed while its refresh is under way; a new one takes its place afterwards."""
        victim = self.workers.pop(0)
        victim.stdin.write(f"{seconds} {fault.timeout}\n".encode())
        await self._arrival()
        victim.kill()
        await victim.wait()
        answers, fresh = await asyncio.gather(self._ask(seconds, fault), self._worker())
        self.workers.append(fresh)
        return answers + await self._ask(seconds, fault, [fresh])

    async def _freeze(self, seconds: float, fault: Fault) -> list[set[str]]:
        """The first process asks and stands still until its lease is over and another has done its work."""
        victim = self.workers[0]
        asking = asyncio.create_task(self._ask(seconds, fault, [victim]))
        await self._arrival()
        victim.send_signal(signal.SIGSTOP)
        answers = await self._ask(seconds, fault, self.workers[1:])
        victim.send_signal(signal.SIGCONT)
        return answers + await asking

    async def _calm(self) -> None:
        """Wait until the provider has done with every request, also with those that nobody waits for any more."""
        # The simulator runs in another process: there is nothing to be woken by.
        while any(  # noqa: ASYNC110
            seen.outcome == "in progress" for seen in self.world.simulator.requests(path=TOKEN)
        ):
            await asyncio.sleep(0.02)

    async def _arrival(self) -> None:
        for _ in range(2000):
            if self.world.simulator.requests(path=TOKEN):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("no token request arrived")

    async def _grant(self):
        return await self.world.hall.grants.read(self.account.project_id, self.account.id)

    async def _account(self) -> Account:
        return await self.world.hall.accounts.read(self.account.project_id, self.account.id)

    async def _access(self, grant) -> str:
        owner = f"account:{grant.account_id}"
        return (await self.world.hall.vault.open(grant.project_id, owner, "access_token", grant.access)).reveal()

    async def _refresh(self, grant) -> str:
        owner = f"account:{grant.account_id}"
        return (await self.world.hall.vault.open(grant.project_id, owner, "refresh_token", grant.refresh)).reveal()
