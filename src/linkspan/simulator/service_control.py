"""Commands for the Business Central side: limits, switches, slow answers, outages, and books filled."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from linkspan.simulator.books.bulk import generate
from linkspan.simulator.books.world import Company, Environment, EnvironmentState
from linkspan.simulator.command import Commanded, ControlError, command
from linkspan.simulator.custom_apis import CustomApi, read_document, read_file
from linkspan.simulator.entra.demo import DEMO_DOMAIN
from linkspan.simulator.faults import BcFault
from linkspan.simulator.limits import Limits, Outage, SlowWork
from linkspan.simulator.served import Service
from linkspan.simulator.switches import Switches

_MOST_CUSTOMERS: Final = 99_999_999


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many customers a company has now, and how many real seconds it took to make the new ones."""

    customers: int
    seconds: float


class ServiceControl(Commanded):
    """What can be done to the service and its books while it runs; whoever inherits this sets `service`."""

    service: Service

    def start_service(self, service: Service) -> None:
        """Act on `service` from now on."""
        self.service = service

    @command()
    def load_custom_api(self, document: dict[str, object]) -> str:
        """Serve a custom API and return its route; `document` has `route`, `entities`, `enums` and `rows`."""
        return self._serve(read_document(document))

    def load_custom_api_file(self, file: Path) -> str:
        """Serve the custom API of a JSON file and return its route; raises ControlError when it is none."""
        return self._serve(read_file(file))

    def _serve(self, api: CustomApi) -> str:
        self.service.apis.add(api)
        environments = [one for tenant in self.service.world.tenants.values() for one in tenant.environments.values()]
        self.service.apis.refill(environments)
        return "/".join(api.route)

    def reset_service(self) -> None:
        """Return to the service's own limits, switches and permissions."""
        self.service.reset()

    @command(reads=True)
    def limits(self) -> Limits:
        """Tell the limits on requests."""
        return self.service.gate.limits

    @command()
    def set_limits(  # noqa: PLR0913 - one parameter for each limit, all by keyword
        self,
        *,
        requests: int | None = None,
        window_seconds: float | None = None,
        concurrent: int | None = None,
        queued: int | None = None,
        connections: int | None = None,
        queue_seconds: float | None = None,
        operation_seconds: float | None = None,
        gateway_seconds: float | None = None,
        page_records: int | None = None,
        batch_operations: int | None = None,
        body_bytes: int | None = None,
    ) -> Limits:
        """Change limits on requests; those left out stay as they are. What each means is told at `Limits`."""
        given = {
            "requests": requests,
            "window_seconds": window_seconds,
            "concurrent": concurrent,
            "queued": queued,
            "connections": connections,
            "queue_seconds": queue_seconds,
            "operation_seconds": operation_seconds,
            "gateway_seconds": gateway_seconds,
            "page_records": page_records,
            "batch_operations": batch_operations,
            "body_bytes": body_bytes,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        wrong = next((name for name, value in changes.items() if value < (0 if name == "queued" else 1)), None)
        if wrong is not None:
            raise ControlError(f"{wrong} must be at least 1; only queued may be 0.")
        self.service.gate.limits = msgspec.convert({**asdict(self.limits()), **changes}, Limits)
        return self.limits()

    @command(reads=True)
    def switches(self) -> Switches:
        """Tell the switches for behaviour that is not established."""
        return self.service.switches.now

    @command()
    def set_switch(self, name: str, value: object) -> Switches:
        """Set one switch, by the name it has at `Switches`."""
        now = asdict(self.switches())
        if name not in now:
            raise ControlError(f"There is no switch {name}; there are {', '.join(now)}.")
        try:
            self.service.switches.now = msgspec.convert({**now, name: value}, Switches)
        except msgspec.ValidationError as mistake:
            raise ControlError(str(mistake)) from mistake
        return self.switches()

    @command()
    def slow_next(self, seconds: float, *, method: str = "", path: str = "", times: int = 1) -> None:
        """Let the next `times` requests with this method and part of their path take so long in simulated time.

        Unlike the failure `delay` this fills a place among the user's concurrent requests, and runs into time limits.
        """
        if times < 1 or seconds < 0:
            raise ControlError("times must be at least 1, and seconds not negative.")
        self.service.gate.slow_down(SlowWork(seconds, method, path, times))

    @command()
    def set_environment_state(self, environment: str, state: EnvironmentState, *, tenant: str = DEMO_DOMAIN) -> None:
        """Set an environment's state: one that is not Active answers 503, a SoftDeleted one 404."""
        self._environment(tenant, environment).state = state

    @command()
    def plan_outage(
        self, seconds: float, *, begins: datetime | None = None, environment: str = "", tenant: str = DEMO_DOMAIN
    ) -> datetime:
        """Put an environment out of reach (503) for so long, from `begins` (by default now) on; return the end."""
        if seconds <= 0 or (begins is not None and begins.tzinfo is None):
            raise ControlError("seconds must be more than 0, and begins carry a time zone.")
        place = self._environment(tenant, environment)
        start = begins or self.service.gate.clock.now()
        outage = Outage(place.tenant.id, place.name, start, start + timedelta(seconds=seconds))
        self.service.gate.plan(outage)
        return outage.ends

    @command()
    def seed(
        self, customers: int, *, seed: int = 0, environment: str = "", company: str = "", tenant: str = DEMO_DOMAIN
    ) -> Seeded:
        """Add so many invented customers to a company (by default the first): the same ones for the same `seed`."""
        if not 1 <= customers <= _MOST_CUSTOMERS:
            raise ControlError(f"customers must be between 1 and {_MOST_CUSTOMERS}.")
        target = self._company(tenant, environment, company)
        started = time.perf_counter()
        try:
            generate(target, customers=customers, seed=seed)
        except ValueError as mistake:
            raise ControlError(str(mistake)) from mistake
        self.service.pages.prepared.prepare(target.tables["customer"])
        return Seeded(len(target.tables["customer"]), round(time.perf_counter() - started, 3))

    def _environment(self, tenant: str, name: str) -> Environment:
        owner = self.service.world.find_tenant(tenant)
        if owner is not None and not name:
            return next(iter(owner.environments.values()))
        try:
            return self.service.world.find_environment(tenant, name)
        except BcFault as fault:
            raise ControlError(f"Tenant {tenant} has no environment '{name}'.") from fault

    def _company(self, tenant: str, environment: str, name: str) -> Company:
        place = self._environment(tenant, environment)
        found = place.find_company(name) if name else next(iter(place.companies.values()), None)
        if found is None:
            raise ControlError(f"Environment {place.name} has no company '{name}'.")
        return found
