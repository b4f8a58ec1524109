"""A set of tools: looked up and called by name, chosen from, and handed to agent frameworks."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Generic, overload

from linkspan.sdk.errors import Failure, NotFoundError
from linkspan.sdk.modes import ModeT, Portal, Speaker, either
from linkspan.sdk.toolset import frameworks
from linkspan.sdk.toolset.globs import chosen, patterns_of
from linkspan.sdk.toolset.tool import Tool, ToolAnswer, error_text


class Tools(Speaker[ModeT], Sequence[Tool[ModeT]], Generic[ModeT]):
    """Tools in the catalog's order. The methods named after frameworks give them in each one's form (see docs/toolset.md)."""

    def __init__(self, tools: Sequence[Tool[ModeT]], portal: Portal | None) -> None:
        super().__init__(portal)
        self._tools: tuple[Tool[ModeT], ...] = tuple(tools)
        self._named: dict[str, Tool[ModeT]] = {name: tool for tool in self._tools for name in (tool.name, tool.action)}

    @overload
    def __getitem__(self, at: int) -> Tool[ModeT]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Tool[ModeT]]: ...
    def __getitem__(self, at: int | slice) -> Tool[ModeT] | Sequence[Tool[ModeT]]:
        return self._tools[at]

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool[ModeT]]:
        return iter(self._tools)

    @property
    def names(self) -> list[str]:
        """What models call the tools."""
        return [tool.name for tool in self._tools]

    def get(self, name: str) -> Tool[ModeT]:
        """A tool by its name or its action's id. Raises NotFoundError with the nearest name."""
        found = self._named.get(name)
        if found is None:
            near = get_close_matches(name, self.names, 1)
            step = f"Did you mean {near[0]}?" if near else f"There are {', '.join(self.names[:20])}."
            raise NotFoundError(Failure("unknown_action", f"There is no tool {name!r} in this set.", step, "fix"))
        return found

    def select(self, actions: str | Sequence[str]) -> "Tools[ModeT]":
        """The tools that globs choose by their actions' ids. Raises InvalidInputError where they choose none."""
        named = {tool: (tool.action,) for tool in self._tools}
        return Tools(chosen("actions", patterns_of(actions), named), self._portal)

    @either
    async def call(
        self,
        name: str,
        arguments: Mapping[str, object] | str | None = None,
        *,
        idempotency_key: str | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> ToolAnswer:
        """Call the tool of that name (see Tool.call). Raises NotFoundError for a name that is not of this set, LinkspanError."""
        tool = self.get(name)
        return await tool.answer(arguments, idempotency_key=idempotency_key, dry_run=dry_run, strict=strict)

    @either
    async def tell(
        self, name: str, arguments: Mapping[str, object] | str | None = None, *, strict: bool = False
    ) -> str:
        """Call the tool and give the text for the model; a failure is told as text too, with what to do about it.

        What is raised nevertheless: UnauthenticatedError, and all failures of a set with `raise_errors`.
        """
        try:
            tool = self.get(name)
        except NotFoundError as error:
            return error_text(error)
        return await tool.told(arguments, strict=strict)

    def openai(self, *, strict: bool = False) -> list[dict[str, Any]]:
        """Tools of OpenAI's chat completions. What a model answers goes to `tell`, with `strict` as here."""
        return [frameworks.openai_chat(tool, strict=strict) for tool in self._tools]

    def openai_responses(self, *, strict: bool = False) -> list[dict[str, Any]]:
        """Tools of OpenAI's responses."""
        return [frameworks.openai_responses(tool, strict=strict) for tool in self._tools]

    def anthropic(self) -> list[dict[str, Any]]:
        """Tools of Anthropic's messages."""
        return [frameworks.anthropic(tool) for tool in self._tools]

    def langchain(self) -> list[Any]:
        """StructuredTools of LangChain and LangGraph. Raises FrameworkMissingError."""
        return [frameworks.langchain(tool) for tool in self._tools]

    def llama_index(self) -> list[Any]:
        """FunctionTools of LlamaIndex. Raises FrameworkMissingError."""
        return [frameworks.llama_index(tool) for tool in self._tools]

    def pydantic_ai(self) -> list[Any]:
        """Tools of Pydantic AI. Raises FrameworkMissingError."""
        return [frameworks.pydantic_ai(tool) for tool in self._tools]

    def crewai(self) -> list[Any]:
        """Tools of CrewAI. Raises FrameworkMissingError."""
        return [frameworks.crewai(tool) for tool in self._tools]

    def google_adk(self) -> list[Any]:
        """Tools of Google's Agent Development Kit. Raises FrameworkMissingError."""
        return [frameworks.google_adk(tool) for tool in self._tools]
