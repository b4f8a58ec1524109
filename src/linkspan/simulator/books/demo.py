"""The demo world: two invented tenants with their environments and companies, the same every time on the same day."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import count
from uuid import NAMESPACE_DNS, UUID, uuid5

from linkspan.simulator.administration.people import assign, enrol_app, enrol_group, enrolled, fetch_new, join
from linkspan.simulator.administration.permission_sets import HARBOUR_TOOLS, find_sets
from linkspan.simulator.books.fields import guid
from linkspan.simulator.books.seed.approvals import plant_approvals
from linkspan.simulator.books.seed.ledger import book_month, month_ends, plant_journals, plant_opening
from linkspan.simulator.books.seed.masters import plant_masters
from linkspan.simulator.books.seed.media import plant_media
from linkspan.simulator.books.seed.office import plant_office
from linkspan.simulator.books.seed.papers import plant_papers
from linkspan.simulator.books.seed.plan import Plan, setup_of, small
from linkspan.simulator.books.seed.time import SeedClock
from linkspan.simulator.books.seed.trade import Trade
from linkspan.simulator.books.world import Company, Environment, World
from linkspan.simulator.books.write_log import TimeSource
from linkspan.simulator.entra.demo import (
    CLERK,
    DEMO_CLIENT_ID,
    DEMO_DOMAIN,
    DEMO_TENANT_ID,
    OTHER_DOMAIN,
    demo_directory,
    invented_id,
)
from linkspan.simulator.entra.demo import OTHER_TENANT_ID as _OTHER_TENANT_ID

MAIN_TENANT_ID = DEMO_TENANT_ID
MAIN_DOMAIN = DEMO_DOMAIN
OTHER_TENANT_ID = _OTHER_TENANT_ID
MAIN_COMPANY = "Tidewater Chandlers"

COUNTER_GROUP_ID = invented_id("group Counter staff")

_NAMESPACE = uuid5(NAMESPACE_DNS, "books.simulator.linkspan.example")
_PAST = timedelta(days=345)

_MAIN = Plan(MAIN_COMPANY, "GB", "GBP", "Southampton", MAIN_DOMAIN, seed=1)
_NORWAY = small("Tidewater Skipshandel AS", "NO", "NOK", city="Bergen", domain=MAIN_DOMAIN, seed=2)
_PRACTICE = small("Øvelse & Prøve", "NO", "NOK", city="Bergen", domain=MAIN_DOMAIN, seed=3)
_OTHER = small("Kestrel Works", "NL", "EUR", city="Vlissingen", domain=OTHER_DOMAIN, seed=4)


def company_id(environment: str, name: str) -> UUID:
    """Return the id of a demo company, the same in every process."""
    return uuid5(_NAMESPACE, f"company {environment} {name}")


def build_demo_world(clock: TimeSource) -> World:
    """Return a fresh demo world on this clock; its past is dated back from the clock's day and built once a day."""
    return _template(clock.now().date()).fork(clock)


def build_company(world_of: Environment, plan: Plan, clock: SeedClock) -> Company:
    """Build one company of an environment, with a year of trade up to the clock's day."""
    today = clock.now().date()
    log = world_of.tenant.world.log
    numbers = count()
    log.new_id = lambda: uuid5(_NAMESPACE, f"{world_of.name} {plan.name} {next(numbers)}")
    clock.go(today - _PAST)
    company = Company(company_id(world_of.name, plan.name), plan.name, setup_of(plan), log)
    plant_masters(company, plan)
    plant_opening(company, clock.now().date())
    trade = Trade(company, plan, clock, today)
    for month_end in month_ends(today):
        trade.at(month_end, partial(book_month, company, month_end))
    trade.run()
    plant_journals(company, today)
    plant_media(company)
    plant_office(company, today)
    plant_approvals(company, today)
    plant_papers(company, today)
    return world_of.add(company)


@lru_cache(maxsize=2)
def _template(today: date) -> World:
    clock = SeedClock(today)
    world = World(clock)
    main = world.add_tenant(MAIN_TENANT_ID, MAIN_DOMAIN)
    production = main.add("Production", "Production", country="GB")
    sandbox = main.add("Sandbox", "Sandbox", country="GB")
    original = build_company(production, _MAIN, clock)
    build_company(production, _NORWAY, clock)
    sandbox.add(_copy(original, sandbox, f"{MAIN_COMPANY} TEST"))
    build_company(sandbox, _PRACTICE, clock)
    other = world.add_tenant(OTHER_TENANT_ID, OTHER_DOMAIN)
    build_company(other.add("Production", "Production", country="NL"), _OTHER, clock)
    _plant_people(world)
    return world


def _plant_people(world: World) -> None:
    """Make users of the licensed people and of the demo application, and a group of those who stand at the counter."""
    directory = demo_directory()
    app = directory.find_app(str(DEMO_CLIENT_ID))
    for place in [place for tenant in world.tenants.values() for place in tenant.environments.values()]:
        world.log.new_id = partial(_numbered_id, f"people {place.tenant.domain} {place.name}", count())
        fetch_new(place, directory)
        if app is not None and place.tenant.id == app.tenant_id:
            enrol_app(place, app)
            group = enrol_group(place, COUNTER_GROUP_ID, "COUNTER", "Counter staff")
            join(place, group, enrolled(place, invented_id(f"user {CLERK}")))
            assign(place, guid(group, "groupUserSecurityId"), find_sets("COUNTER", HARBOUR_TOOLS)[0])


def _numbered_id(about: str, numbers: Iterator[int]) -> UUID:
    return uuid5(_NAMESPACE, f"{about} {next(numbers)}")


def _copy(original: Company, place: Environment, name: str) -> Company:
    """Return a company with the rows of another, as a sandbox is made from production."""
    twin = original.fork(original.log)
    twin.id, twin.name, twin.display_name = company_id(place.name, name), name, name
    return twin
