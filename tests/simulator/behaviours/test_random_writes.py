"""Random writes and actions on every entity set: whatever is sent, the simulator answers and all can still be read."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping

import httpx2
import pytest
from http_desk import NO_ID, NOWHERE, HttpDesk, open_desk

from linkspan.simulator.contract import Entity, Field, load_contract
from sizes import size

CONTRACT = load_contract()
SERVER_ERROR = 500
KEPT_OUT = {"company", "subscription"}
ENTITIES = [entity for entity in CONTRACT.entities.values() if entity.name not in KEPT_OUT]
WRITTEN = [entity for entity in ENTITIES if entity.verbs & {"create", "update", "delete"}]
JUNK = (None, {}, [], "x", 1, True, -1.5)
PLAIN: Mapping[str, tuple[object, ...]] = {
    "decimal": (0, 1, -3, 2.5, 1e14, 0.123456),
    "date": ("2026-01-01", "0001-01-01", "9999-12-31", "2025-02-28", "2025-02-30"),
    "datetime": ("2026-01-01T00:00:00Z", "soon"),
    "boolean": (True, False),
}


class Monkey:
    """Somebody who sends anything to anything, the same with the same seed."""

    def __init__(self, desk: HttpDesk, seed: int) -> None:
        self.desk = desk
        self.chance = random.Random(seed)  # noqa: S311 - chance for a test, not a secret
        self.ids: dict[str, list[str]] = {}
        self.codes: list[str] = []
        for entity in ENTITIES:
            response = desk.send("GET", f"{entity.set}?$top=6")
            for row in response.json().get("value", ()):
                self.ids.setdefault(entity.name, []).append(row[entity.key[0]])
                self.codes += [row[name] for name in ("number", "code") if name in row]

    def value(self, field: Field) -> object:
        pick = self.chance.choice
        if self.chance.random() < 0.05:
            return pick(JUNK)
        if field.enum:
            return pick(list(CONTRACT.enums[field.enum]))
        if field.type == "guid":
            return pick([NO_ID, NOWHERE, pick(self.ids[pick(list(self.ids))])])
        if field.type == "string":
            return pick(["", "Ø" * 5, "x" * 300, pick(self.codes), pick(self.codes), pick(self.codes)])
        return pick(PLAIN.get(field.type, (0, 1, -1, 10_000)))

    def body(self, entity: Entity) -> dict[str, object]:
        fields = [field for field in entity.fields.values() if not field.read_only and field.type != "stream"]
        chosen = self.chance.sample(fields, min(len(fields), self.chance.randint(0, 5)))
        return {field.name: self.value(field) for field in chosen}

    def place(self, entity: Entity) -> str:
        """Return where to create a record: below one that it may belong to, or in its own set."""
        owners = [name for name in entity.parents if name in self.ids]
        if not owners or self.chance.random() < 0.3:
            return entity.set
        owner = CONTRACT.entities[self.chance.choice(owners)]
        link = next(link.name for link in owner.links.values() if link.entity == entity.name)
        return f"{owner.set}({self.chance.choice(self.ids[owner.name])})/{link}"

    def requests(self, count: int) -> Iterator[tuple[str, httpx2.Response]]:
        """Send so many requests and yield what was asked and answered."""
        acting = [entity for entity in ENTITIES if entity.operations and entity.name in self.ids]
        for _ in range(count):
            kind, entity = self.chance.random(), self.chance.choice(WRITTEN)
            if kind > 0.93:
                entity = self.chance.choice(acting)
            key = self.chance.choice(self.ids.get(entity.name, [NOWHERE]))
            url, method, body = f"{entity.set}({key})", "PATCH", self.body(entity)
            if kind < 0.5:
                url, method = self.place(entity), "POST"
            elif kind > 0.93:
                url, method = f"{url}/Microsoft.NAV.{self.chance.choice(entity.operations)}", "POST"
            elif kind > 0.85:
                method = "DELETE"
            answer = self.desk.send(method, url, body if method != "DELETE" else None, {"If-Match": "*"})
            if answer.status_code == 201:
                self.ids.setdefault(entity.name, []).append(answer.json()[entity.key[0]])
            yield f"{method} {url} {body}", answer


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(size("random_seeds")))
def test_no_write_makes_the_simulator_fail_and_all_can_be_read_after(runner, seed):
    desk = open_desk(runner, requests=1_000_000)
    statuses: Counter[int] = Counter()
    failed = []
    for asked, answer in Monkey(desk, seed).requests(size("random_writes")):
        statuses[answer.status_code] += 1
        if answer.status_code == SERVER_ERROR:
            failed.append(f"{asked}: {answer.text}")
    read = {}
    for entity in ENTITIES:
        links = f"?$expand={','.join(entity.links)}" if entity.links else ""
        read[entity.set] = desk.send("GET", f"{entity.set}{links}").status_code

    assert not failed
    assert {200, 201, 204, 400, 404, 405} <= statuses.keys()
    assert set(read.values()) <= {200, 400}
    assert 120 < list(read.values()).count(200)
