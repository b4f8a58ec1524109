"""Random changes of companies and permissions: what api/v2.0 lets a clerk do is what a plain model of them says."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import pytest
from automation_desk import AutomationDesk

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import ADMINISTRATOR, CLERK
from sizes import size

# What a role lets its holder read and add to: an oracle of its own, which knows nothing of the simulator's tables.
READS = {
    "SUPER": {"customers", "vendors", "items"},
    "D365 READ": {"customers", "vendors", "items"},
    "D365 CUSTOMER, VIEW": {"customers"},
    "D365 VENDOR, EDIT": {"vendors"},
    "D365 BASIC": set[str](),
}
ADDS = {"SUPER": {"vendors"}, "D365 VENDOR, EDIT": {"vendors"}}
Assignments = dict[tuple[str, str], str]
"""Role and company (blank: all) to the id of the assignment."""


@dataclass
class Model:
    """Companies by name, what the clerk holds, and whether the clerk is enabled; the administrator keeps SUPER."""

    companies: dict[str, str]
    held: Assignments = field(default_factory=dict)
    enabled: bool = True

    def may(self, rights: dict[str, set[str]], entity_set: str, company: str) -> bool:
        return any(entity_set in rights.get(role, ()) for role, place in self.held if place in {"", company})


class Somebody:
    """An administrator who changes things at random, and the model that is changed with them."""

    def __init__(self, desk: AutomationDesk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        for group in desk.rows("securityGroups"):
            desk.send("DELETE", f"securityGroups('{group['id']}')")
        desk.strip(CLERK)
        self.clerk = f"users({desk.user(CLERK)['userSecurityId']})"
        self.model = Model({row["name"]: row["id"] for row in desk.rows("automationCompanies")})
        self.kept: Model | None = None
        self.made = 0
        self.asked = 0

    def step(self) -> None:
        """Do one thing."""
        acts = [self.give, self.give, self.give, self.take, self.take, self.found, self.close, self.rename, self.switch]
        self.chance.choice([*acts, self.keep, self.go_back])()

    def give(self) -> None:
        role, company = self.chance.choice(list(READS)), self.chance.choice(["", "", *self.model.companies])
        answer = self.desk.send("POST", f"{self.clerk}/userPermissions", {"roleId": role, "company": company})
        known = (role, company) in self.model.held
        assert (400 if known else 201) == answer.status_code, answer.text
        if not known:
            self.model.held[role, company] = answer.json()["id"]

    def take(self) -> None:
        if not self.model.held:
            return
        one = self.chance.choice(list(self.model.held))
        answer = self.desk.send("DELETE", f"{self.clerk}/userPermissions({self.model.held.pop(one)})")
        assert 204 == answer.status_code, answer.text

    def found(self) -> None:
        self.made += 1
        answer = self.desk.send("POST", "automationCompanies", {"displayName": f"Gannet {self.made}"})
        assert 201 == answer.status_code, answer.text
        self.model.companies[answer.json()["name"]] = answer.json()["id"]

    def close(self) -> None:
        name, key = self.chance.choice(list(self.model.companies.items()))
        answer = self.desk.send("DELETE", f"automationCompanies({key})")
        own = key == str(self.desk.simulator.demo.company_id)
        assert (400 if own else 204) == answer.status_code, answer.text
        if not own:
            del self.model.companies[name]
            self.model.held = {one: key for one, key in self.model.held.items() if one[1] != name}

    def rename(self) -> None:
        path = f"automationCompanies({self.chance.choice(list(self.model.companies.values()))})"
        before = self.desk.send("GET", path).json()["@odata.etag"]
        self.made += 1
        answer = self.desk.send("PATCH", path, {"displayName": f"Loon {self.made}"}, If_Match=before)
        assert 200 == answer.status_code, answer.text
        assert before != answer.json()["@odata.etag"]

    def switch(self) -> None:
        self.model.enabled = not self.model.enabled
        state = {"state": "Enabled" if self.model.enabled else "Disabled"}
        assert 200 == self.desk.send("PATCH", self.clerk, state, If_Match="*").status_code

    def keep(self) -> None:
        self.desk.simulator.snapshot("random")
        self.kept = deepcopy(self.model)

    def go_back(self) -> None:
        if self.kept is not None:
            self.desk.simulator.restore("random")
            self.model = deepcopy(self.kept)

    def check(self) -> None:
        """Compare what can be seen with the model."""
        model, listed = self.model, self.desk.rows("automationCompanies")
        assert model.companies == {row["name"]: row["id"] for row in listed}
        held = self.desk.rows(f"{self.clerk}/userPermissions")
        assert set(model.held) == {(row["roleId"], row["company"]) for row in held}
        for name, key in self.chance.sample(sorted(model.companies.items()), min(2, len(model.companies))):
            for entity_set in ("customers", "vendors", "items"):
                may = model.may(READS, entity_set, name)
                self._expect("GET", f"companies({key})/{entity_set}?$top=1", 200 if may else 500)
            may = model.may(ADDS, "vendors", name)
            self._expect("POST", f"companies({key})/vendors", 201 if may else 500)

    def _expect(self, method: str, path: str, status: int) -> None:
        self.asked += 1
        body = {"displayName": "Petrel Ropes"} if method == "POST" else None
        answer = self.desk.books(method, path, body)
        assert (status if self.model.enabled else 401) == answer.status_code, f"{method} {path}: {answer.text}"


@pytest.fixture
def desk(simulator: Simulator) -> Iterator[AutomationDesk]:
    simulator.set_limits(requests=10**9)
    found = AutomationDesk(simulator)
    yield found
    found.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(size("random_seeds")))
def test_what_a_clerk_may_do_follows_every_change_at_once(desk: AutomationDesk, seed: int) -> None:
    somebody = Somebody(desk, random.Random(seed))  # noqa: S311 - chance for a test, not a secret
    for _ in range(size("automation_steps")):
        somebody.step()
        somebody.check()

    assert somebody.asked > size("automation_steps")
    assert ADMINISTRATOR == desk.user(ADMINISTRATOR)["contactEmail"]
