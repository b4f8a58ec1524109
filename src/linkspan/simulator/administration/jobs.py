"""Background jobs of an environment: done once their moment has come, looked for whenever a request arrives."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from linkspan.simulator.administration.packages import apply_now, import_now
from linkspan.simulator.administration.people import USER_JOB, fetch_new
from linkspan.simulator.books.fields import NO_ID, guid, moment, text
from linkspan.simulator.books.table import Record
from linkspan.simulator.books.world import Environment
from linkspan.simulator.entra.directory import Directory

JobKind = Literal["users", "import", "apply"]

_LOG: Final = logging.getLogger(__name__)
READY: Final = "Ready"
_WAIT: Final = timedelta(milliseconds=200)
_CATEGORIES: Final = {"users": USER_JOB, "import": "APIRSPACK", "apply": "APIRSPACK"}
_WORDS: Final = {
    "users": "Create users from Microsoft 365",
    "import": "Import a configuration package",
    "apply": "Apply a configuration package",
}


def schedule(environment: Environment, kind: JobKind, *, company: UUID = NO_ID, package: UUID = NO_ID) -> Record:
    """Plan a job for a moment from now and return it."""
    log = environment.tenant.world.log
    return environment.office["job"].insert(
        {
            "id": log.new_id(),
            "category": _CATEGORIES[kind],
            "startDateTime": log.stamp() + _WAIT,
            "status": READY,
            "description": _WORDS[kind],
            "errorMessage": "",
            "kind": kind,
            "companyId": company,
            "packageId": package,
        }
    )


def is_waiting(environment: Environment, kind: JobKind) -> bool:
    """Tell whether a job of a kind is still to be done."""
    return any(job["kind"] == kind for job in _waiting(environment))


def run_due(environment: Environment, directory: Directory) -> None:
    """Do the jobs whose moment has come, in their order."""
    if not len(environment.office["job"]):
        return
    world = environment.tenant.world
    now = world.log.clock.now()
    for job in [job for job in _waiting(environment) if moment(job, "startDateTime") <= now]:
        try:
            with world.transaction():
                _end(environment, job, _run(environment, directory, job))
        except Exception:  # noqa: BLE001 - the outermost handler of background work; the request that found it due goes on
            _LOG.exception("The simulator failed in a background job.")
            _end(environment, job, "An unexpected error happened in the simulator.")


def _waiting(environment: Environment) -> Iterable[Record]:
    return (job for job in environment.office["job"].all() if job["status"] == READY)


def _run(environment: Environment, directory: Directory, job: Record) -> str:
    if job["kind"] != "users":
        return _run_package(environment, job)
    fetch_new(environment, directory)
    return ""


def _end(environment: Environment, job: Record, error: str) -> None:
    done = {"status": "Error" if error else "Finished", "errorMessage": error}
    environment.office["job"].replace({**job, **done})


def _run_package(environment: Environment, job: Record) -> str:
    """Return what went wrong, nothing if all went well."""
    company = environment.companies.get(guid(job, "companyId"))
    package = company.internal["configurationPackage"].get(guid(job, "packageId")) if company is not None else None
    if company is None or package is None:
        return "The configuration package is gone."
    return import_now(company, package) if text(job, "kind") == "import" else apply_now(company, package)
