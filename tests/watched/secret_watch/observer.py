"""Observes a process of the tests: secrets at their birth, and what our doors, errors and programs say.

Every secret of the product is handed on as `Secret`, every generator of keys and tokens, ours and the simulator's, draws from the
standard library's `secrets`, and the simulator signs its tokens in one place: these three are where secrets come into being.
"""

import importlib.abc
import secrets
import sys
from collections.abc import Callable
from types import CodeType, ModuleType

from secret_watch.hearing import Hearing, output_without_own_places
from secret_watch.record import RECORD

# Drawn at random or handed on as secrets, and none: what they are is told on purpose.
_PUBLIC = {
    "linkspan.usecases.body_log:_sealed": "bodies of runs, which callers may read; sealed because they are customers' data",
    "linkspan.usecases.settle_line:seal_answer": "answers of writes, as the bodies of runs",
    "linkspan.usecases.kept_intent:seal_intent": "what writes send, as the bodies of runs",
    "linkspan.usecases.process_life:new_process_id": "names of lease holders",
    "linkspan.usecases.owner_data:_mark": "owners' ids, which callers give and read",
    "linkspan.providerauth.vault:open": "was a secret before it was sealed, or a sealed body",
    "linkspan.providerauth.vault:seal": "nonces stand in front of what they sealed",
    "linkspan.providerauth.master_key:wrap": "nonces stand in front of what they sealed",
    "linkspan.providerauth.lease:lease": "names of lease holders",
    "linkspan.usecases.deliver_events:__init__": "names of lease holders",
    "linkspan.usecases.passkeys:begin_adding": "challenges, which authenticators are told",
    "linkspan.usecases.passkeys:begin_sign_in": "challenges, which authenticators are told",
    "linkspan.usecases.provider_sign_in:_new_nonce": "nonces, which the provider is told",
    "linkspan.storage.event_outbox:new_event_id": "event ids",
}


def _site(depth: int = 2) -> str:
    frame = sys._getframe(depth)
    code: CodeType = frame.f_code
    return f"{frame.f_globals.get('__name__', '?')}:{code.co_name}"


def _watch_secret(module: ModuleType) -> None:
    original = module.Secret.__init__

    def watched(self: object, text: str) -> None:
        original(self, text)
        if isinstance(text, str) and (site := _site()) not in _PUBLIC:
            RECORD.born(text, site)

    module.Secret.__init__ = watched


def _watch_keys(module: ModuleType) -> None:
    """What the simulator signs: access and ID tokens."""
    original = module.KeyRing.sign

    def watched(self: object, claims: dict[str, object]) -> str:
        token: str = original(self, claims)
        RECORD.born(token, _site(), drawn=True)
        return token

    module.KeyRing.sign = watched


def _watch_demo(module: ModuleType) -> None:
    """What the simulator's demo publishes of itself: its application's secrets and its users' passwords."""
    published = {name: value for name, value in vars(module).items() if name.endswith("_SECRET")} | module.PASSWORDS
    for name, value in published.items():
        RECORD.born(value, f"{module.__name__}:{name}")


def _watch_house(module: ModuleType) -> None:
    original = module.House.__call__

    async def watched(self: object, scope: dict, receive: object, send: Callable) -> None:
        if scope["type"] != "http":
            await original(self, scope, receive, send)
            return
        hearing = Hearing(scope["method"], scope["path"], scope.get("query_string", b"").decode("latin-1"))

        async def heard(message: dict[str, object]) -> None:
            hearing.hear(message)
            await send(message)

        try:
            await original(self, scope, receive, heard)
        finally:
            hearing.end()

    module.House.__call__ = watched


def _watch_errors(module: ModuleType) -> None:
    original = module.LinkspanError.__init__

    def watched(self: object, *words: object, **more: object) -> None:
        original(self, *words, **more)
        told = f"{self!r} {self} {self.next_step} {self.link} {self.provider!r} {[str(one) for one in self.mistakes]}"
        RECORD.said("error", self.code, told.encode(errors="replace"))

    module.LinkspanError.__init__ = watched


def _watch_database(module: ModuleType) -> None:
    original = module.Database.__init__

    def watched(self: object, engine: object, group_engine: object) -> None:
        original(self, engine, group_engine)
        RECORD.made(engine.url.render_as_string(hide_password=False))

    module.Database.__init__ = watched


_WATCHED: dict[str, Callable[[ModuleType], None]] = {
    "linkspan.sealed": _watch_secret,
    "linkspan.simulator.entra.keys": _watch_keys,
    "linkspan.simulator.entra.demo": _watch_demo,
    "linkspan.server": _watch_house,
    "linkspan.error_row": _watch_errors,
    "linkspan.storage.database": _watch_database,
}


def _then(load: Callable[[ModuleType], None], watched: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    def loaded(module: ModuleType) -> None:
        load(module)
        watched(module)

    return loaded


class _Finder(importlib.abc.MetaPathFinder):
    """Lets a module be loaded as ever, and is told when it was."""

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        if name not in _WATCHED:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader.exec_module = _then(spec.loader.exec_module, _WATCHED[name])
                return spec
        return None


def _watch_generators() -> None:
    for name in ("token_urlsafe", "token_hex", "token_bytes"):
        original = getattr(secrets, name)

        def watched(nbytes: int | None = None, original: Callable = original) -> str | bytes:
            value = original(nbytes)
            site = _site()
            if site.startswith("linkspan.") and site not in _PUBLIC:
                RECORD.born(value, site, drawn=True)
            return value

        setattr(secrets, name, watched)


def _watch_output() -> None:
    """What a program with Linkspan in it writes to its standard output and error."""
    for name in ("stdout", "stderr"):
        stream = getattr(getattr(sys, name), "buffer", None)
        if stream is None:
            continue
        original = stream.write

        def write(data: bytes, name: str = name, original: Callable = original) -> int:
            if "linkspan" in sys.modules:
                command = " ".join(word for word in sys.argv[1:3] if not word.startswith("-"))
                told = output_without_own_places(command, bytes(data)) if name == "stdout" else bytes(data)
                RECORD.said("output", f"{name} of {command or 'a program'}", told)
            return original(data)

        stream.write = write


def watch(*, output: bool = False) -> None:
    """Begin to observe this process, once; `output`: its standard output and error as well."""
    if any(type(finder).__name__ == "_Finder" for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    _watch_generators()
    for name, watched in _WATCHED.items():
        if name in sys.modules:
            watched(sys.modules[name])
    if output:
        _watch_output()
