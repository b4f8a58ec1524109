"""One method, two ways to call it: awaited in an event loop, or blocking over a loop of our own. No method is written twice."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from functools import update_wrapper
from types import MethodType
from typing import Concatenate, Generic, ParamSpec, Self, TypeVar, overload

P = ParamSpec("P")
T = TypeVar("T")
SpeakerT = TypeVar("SpeakerT")


class Awaited:
    """The mode of AsyncLinkspan: methods are awaited."""


class Blocking:
    """The mode of Linkspan: methods wait for their result."""


ModeT = TypeVar("ModeT", Awaited, Blocking)


class Portal:
    """An event loop in a thread of its own, in which the blocking client does everything."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="linkspan-sdk", daemon=True)
        self._thread.start()

    def wait_for(self, story: Coroutine[object, object, T]) -> T:
        """Run the story in the loop; an interrupt of the caller cancels it."""
        running = asyncio.run_coroutine_threadsafe(story, self._loop)
        try:
            return running.result()
        finally:
            running.cancel()

    async def elsewhere(self, story: Coroutine[object, object, T]) -> T:
        """Run the story in this loop, awaited in another."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(story, self._loop))

    def close(self) -> None:
        """End the loop and its thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class Speaker(Generic[ModeT]):
    """Whoever has methods of both modes; without a portal they are awaited."""

    def __init__(self, portal: Portal | None) -> None:
        self._portal = portal


class either(Generic[P, T]):  # noqa: N801 - used as a decorator
    """An async method that a blocking speaker offers as a plain one."""

    def __init__(self, story: Callable[Concatenate[SpeakerT, P], Coroutine[object, object, T]]) -> None:
        self._story: Callable[..., Coroutine[object, object, T]] = story
        self.__doc__ = story.__doc__
        self.__wrapped__ = story

    @overload
    def __get__(self, speaker: None, owner: type[object]) -> Self: ...
    @overload
    def __get__(self, speaker: Speaker[Awaited], owner: type[object]) -> Callable[P, Coroutine[object, object, T]]: ...
    @overload
    def __get__(self, speaker: Speaker[Blocking], owner: type[object]) -> Callable[P, T]: ...
    def __get__(
        self, speaker: Speaker[Awaited] | Speaker[Blocking] | None, owner: type[object]
    ) -> Self | Callable[P, Coroutine[object, object, T]] | Callable[P, T]:
        if speaker is None:
            return self
        bound: Callable[P, Coroutine[object, object, T]] = MethodType(self._story, speaker)
        portal = speaker._portal  # noqa: SLF001 - the two halves of one mechanism
        if portal is None:
            return bound

        def waiting(*args: P.args, **kwargs: P.kwargs) -> T:
            return portal.wait_for(bound(*args, **kwargs))

        return update_wrapper(waiting, self._story)


class either_each(Generic[P, T]):  # noqa: N801 - used as a decorator
    """An async generator method that a blocking speaker offers as a plain iterator."""

    def __init__(self, story: Callable[Concatenate[SpeakerT, P], AsyncIterator[T]]) -> None:
        self._story: Callable[..., AsyncGenerator[T, None]] = story  # type: ignore[assignment]  # every story here is a generator
        self.__doc__ = story.__doc__
        self.__wrapped__ = story

    @overload
    def __get__(self, speaker: None, owner: type[object]) -> Self: ...
    @overload
    def __get__(self, speaker: Speaker[Awaited], owner: type[object]) -> Callable[P, AsyncGenerator[T, None]]: ...
    @overload
    def __get__(self, speaker: Speaker[Blocking], owner: type[object]) -> Callable[P, Iterator[T]]: ...
    def __get__(
        self, speaker: Speaker[Awaited] | Speaker[Blocking] | None, owner: type[object]
    ) -> Self | Callable[P, AsyncGenerator[T, None]] | Callable[P, Iterator[T]]:
        if speaker is None:
            return self
        bound: Callable[P, AsyncGenerator[T, None]] = MethodType(self._story, speaker)
        portal = speaker._portal  # noqa: SLF001 - the two halves of one mechanism
        if portal is None:
            return bound

        def iterating(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            return _each(portal, bound(*args, **kwargs))

        return update_wrapper(iterating, self._story)


def _each(portal: Portal, items: AsyncGenerator[T, None]) -> Iterator[T]:
    end = object()

    async def following() -> T | object:
        return await anext(items, end)

    try:
        while (item := portal.wait_for(following())) is not end:
            yield item  # type: ignore[misc]  # all that is not the end is an item
    finally:
        portal.wait_for(items.aclose())
