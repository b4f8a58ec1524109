"""An administrator's application at the automation API of a running simulator."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from linkspan.simulator import Simulator
from linkspan.simulator.entra.demo import CLERK

ROUTE = "api/microsoft/automation/v2.0"


@dataclass
class AutomationDesk:
    """Calls the first demo company as the demo application (or with `token`); `books` calls api/v2.0 as a user."""

    simulator: Simulator
    token: str = field(repr=False, default="")
    http: httpx2.Client = field(repr=False, default_factory=httpx2.Client)

    def __post_init__(self) -> None:
        self.token = self.token or self.simulator.issue_token()

    @property
    def place(self) -> str:
        demo = self.simulator.demo
        return f"{self.simulator.url}/v2.0/{demo.tenant_id}/{demo.environment}"

    @property
    def root(self) -> str:
        return f"{self.place}/{ROUTE}"

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """Send a request to an address below the company, or to a whole one."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        sent["authorization"] = f"Bearer {self.token}"
        inside = f"{self.root}/companies({self.simulator.demo.company_id})/{path}"
        address = path if path.startswith("http") else inside
        if isinstance(body, bytes):
            return self.http.request(method, address, content=body, headers=sent)
        return self.http.request(method, address, json=body, headers=sent)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Return the records of a collection, which must be readable."""
        answer = self.send("GET", path)
        assert 200 == answer.status_code, answer.text
        rows: list[dict[str, Any]] = answer.json()["value"]
        return rows

    def user(self, upn: str) -> dict[str, Any]:
        """Return the user with this sign-in name."""
        (found,) = [row for row in self.rows("users") if row["contactEmail"] == upn]
        return found

    def give(self, upn: str, role: str, **more: str) -> httpx2.Response:
        """Give a user a permission set."""
        path = f"users({self.user(upn)['userSecurityId']})/userPermissions"
        return self.send("POST", path, {"roleId": role, **more})

    def strip(self, upn: str) -> None:
        """Take all permission sets of a user away."""
        path = f"users({self.user(upn)['userSecurityId']})/userPermissions"
        for row in self.rows(path):
            answer = self.send("DELETE", f"{path}({row['id']})", If_Match=row["@odata.etag"])
            assert 204 == answer.status_code, answer.text

    def books(self, method: str, path: str, body: object = None, *, user: str = CLERK) -> httpx2.Response:
        """Call api/v2.0 of the environment as a user."""
        headers = {"authorization": f"Bearer {self.simulator.issue_token(user=user)}"}
        return self.http.request(method, f"{self.place}/api/v2.0/{path}", json=body, headers=headers)

    def as_user(self, upn: str) -> "AutomationDesk":
        """Return the same desk with a user at it."""
        return AutomationDesk(self.simulator, self.simulator.issue_token(user=upn), self.http)

    def close(self) -> None:
        self.http.close()
