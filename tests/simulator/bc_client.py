"""An application with its own token, calling the API of a running simulator."""

from dataclasses import dataclass, field

import httpx2

from linkspan.simulator import Simulator

BC_DEFAULT = "https://api.businesscentral.dynamics.com/.default"


def service_token(simulator: Simulator) -> str:
    """Return an access token of the demo application for itself."""
    demo = simulator.demo
    answer = httpx2.post(
        f"{simulator.url}/{demo.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": str(demo.client_id),
            "client_secret": demo.client_secret,
            "scope": BC_DEFAULT,
        },
    )
    token: str = answer.json()["access_token"]
    return token


@dataclass
class Books:
    """Calls the first demo company; addresses are relative to the API root, or to the company with `inside`."""

    simulator: Simulator
    token: str = field(repr=False, default="")

    def __post_init__(self) -> None:
        self.token = self.token or service_token(self.simulator)
        self.http = httpx2.Client(headers={"authorization": f"Bearer {self.token}"})

    @property
    def root(self) -> str:
        demo = self.simulator.demo
        return f"{self.simulator.url}/v2.0/{demo.tenant_id}/{demo.environment}/api/v2.0"

    @property
    def company(self) -> str:
        return f"{self.root}/companies({self.simulator.demo.company_id})"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = self.http.request(method, f"{self.root}/{path}", json=body, headers=sent)
        if answer.status_code == 401:
            # A moved clock has let the token expire.
            self.http.headers["authorization"] = f"Bearer {service_token(self.simulator)}"
            answer = self.http.request(method, f"{self.root}/{path}", json=body, headers=sent)
        return answer

    def inside(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        return self.call(method, f"companies({self.simulator.demo.company_id})/{path}", body, **headers)

    def close(self) -> None:
        self.http.close()
