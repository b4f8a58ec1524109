"""New keys for the vault while everything runs: data keys wrapped anew, a new one per project, every secret sealed again."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linkspan.model import Caller, KeyScope
from linkspan.providerauth.vault import HEAD_BYTES, sealed_version
from linkspan.storage.sealed_store import COLUMNS, SealedColumn
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall

SUPERSEDED = timedelta(days=1)
"""How long a data key is kept after a newer one came: processes that still hold it in memory have long let go by then."""


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """What a rotation did: data keys wrapped by the present master key, new data keys, texts sealed anew, old data keys dropped."""

    master_key_id: str
    rewrapped: int
    added: int
    resealed: int
    dropped: int


@dataclass(slots=True)
class _Walk:
    """How far a rotation is: which data keys its texts need afterwards (by project), and how many texts it has seen."""

    told: Callable[[int, int], None] | None = None
    total: int = 0
    seen: int = 0
    used: dict[str, set[int]] = field(default_factory=dict)

    def saw(self, count: int) -> None:
        """So many more texts are done."""
        self.seen += count
        if self.told is not None:
            self.told(min(self.seen, self.total), self.total)


async def rotate_keys(hall: Hall, told: Callable[[int, int], None] | None = None) -> KeyRotation:
    """Rotate every key, over all projects. For the operator only; it may be stopped and run again at any point.

    `told` hears after each batch how many secrets of how many are done. Running processes go on: what they sealed with the key before still opens, and they use the new one within minutes.
    """
    turned = await hall.vault.rotate()
    projects = await hall.projects.list()
    # Told at once: from here on the keys are others, even if the rest is stopped.
    for project in projects:
        operator = Caller(project.id, frozenset(), source="cli")
        await hall.audit.add(note_of(hall, operator, "keys.rotated", turned.master_key_id, ["data_key"]))
    walk = _Walk(told, await hall.sealed.count())
    resealed = sum([await _reseal(hall, place, walk) for place in COLUMNS])
    before = hall.clock() - SUPERSEDED
    dropped = 0
    for project in projects:
        dropped += await hall.data_keys.prune(project.id, walk.used.get(project.id, set()), before)
    return KeyRotation(turned.master_key_id, turned.rewrapped, turned.added, resealed, dropped)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A project's data key: its number, the master key that wraps it, and how many secrets are sealed by it."""

    version: int
    master_key_id: str
    made_at: datetime
    seals: int


async def read_data_keys(hall: Hall, caller: Caller) -> Sequence[DataKey]:
    """The data keys of the caller's project, newest first; while a rotation runs, the newest one's count grows."""
    require(caller, KeyScope.PLATFORM_READ)
    seals: Counter[int] = Counter()
    for place in COLUMNS:
        for head, count in (await hall.sealed.heads(place, caller.project_id, HEAD_BYTES)).items():
            seals[sealed_version(head)] += count
    made = await hall.data_keys.made(caller.project_id)
    return [DataKey(version, *made[version], seals[version]) for version in sorted(made, reverse=True)]


async def rotate_project_keys(hall: Hall, caller: Caller) -> None:
    """A new data key for the caller's project, and every secret of it sealed anew; may be stopped and run again at any point."""
    require(caller, KeyScope.PLATFORM_WRITE)
    project_id = caller.project_id
    turned = await hall.vault.rotate(project_id)
    await hall.audit.add(note_of(hall, caller, "keys.rotated", turned.master_key_id, ["data_key"]))
    walk = _Walk()
    for place in COLUMNS:
        await _reseal(hall, place, walk, project_id)
    await hall.data_keys.prune(project_id, walk.used.get(project_id, set()), hall.clock() - SUPERSEDED)


async def _reseal(hall: Hall, place: SealedColumn, walk: _Walk, only: str | None = None) -> int:
    """Seal one column's texts (of one project) anew; `walk` learns which data keys its texts need afterwards."""
    count, after, newest = 0, "", dict[str, int]()
    while texts := await hall.sealed.batch(place, after, only):
        for text in texts:
            project = text.project_id
            if project not in newest:
                newest[project] = await hall.vault.current(project)
            version = sealed_version(text.sealed)
            if version != newest[project]:
                secret = await hall.vault.open(project, text.owner, place.field, text.sealed)
                again = await hall.vault.seal(project, text.owner, place.field, secret)
                done = await hall.sealed.replace(text, again)
                count += done
                version = newest[project] if done else version
            walk.used.setdefault(project, set()).add(version)
        walk.saw(len(texts))
        after = texts[-1].key
    return count
