"""Tools in the form of each agent framework. A framework is imported when it is asked for, and none is needed for the rest."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from linkspan.sdk.modes import Awaited, Blocking
from linkspan.sdk.toolset.tool import Tool

AnyTool = Tool[Awaited] | Tool[Blocking]


class FrameworkMissingError(ImportError):
    """An adapter was asked for whose framework is not installed."""


def needed(module: str, package: str) -> ModuleType:
    """The framework's module. Raises FrameworkMissingError, which says what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        message = f"This needs {package}: pip install {package} ({error})"
        raise FrameworkMissingError(message, name=module) from error


def openai_chat(tool: AnyTool, *, strict: bool) -> dict[str, Any]:
    """A tool of OpenAI's chat completions."""
    return {"type": "function", "function": _function(tool, strict=strict)}


def openai_responses(tool: AnyTool, *, strict: bool) -> dict[str, Any]:
    """A tool of OpenAI's responses, which are strict unless it is denied."""
    return {"type": "function", **_function(tool, strict=strict)}


def anthropic(tool: AnyTool) -> dict[str, Any]:
    """A tool of Anthropic's messages."""
    return {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}


def langchain(tool: AnyTool) -> Any:
    """A StructuredTool of LangChain (and LangGraph)."""
    core = needed("langchain_core.tools", "langchain-core")
    blocking, awaited = _keywords(tool)
    return core.StructuredTool(
        name=tool.name,
        description=tool.description,
        args_schema=dict(tool.schema),
        func=blocking,
        coroutine=awaited,
        metadata={"action": tool.action, "reads": tool.reads, "destructive": tool.destructive},
    )


def llama_index(tool: AnyTool) -> Any:
    """A FunctionTool of LlamaIndex."""
    core = needed("llama_index.core.tools", "llama-index-core")
    blocking, awaited = _keywords(tool)
    metadata = core.ToolMetadata(name=tool.name, description=tool.description, fn_schema=_arguments_model(tool))
    return core.FunctionTool(fn=blocking, async_fn=awaited, metadata=metadata)


def pydantic_ai(tool: AnyTool) -> Any:
    """A Tool of Pydantic AI."""
    package = needed("pydantic_ai", "pydantic-ai-slim")
    _, awaited = _keywords(tool)
    return package.Tool.from_schema(awaited, tool.name, tool.description, dict(tool.schema))


def crewai(tool: AnyTool) -> Any:
    """A BaseTool of CrewAI, which makes every schema strict, so it gets one that says what may be null."""
    package = needed("crewai.tools", "crewai")
    blocking, awaited = _keywords(tool, strict=True)
    parts: dict[str, object] = {"__module__": __name__, "__annotations__": {}}
    if blocking is not None:
        parts["_run"] = lambda _, **arguments: blocking(**arguments)
    else:
        parts["_run"] = lambda _, **arguments: awaited(**arguments)
    parts["_arun"] = lambda _, **arguments: awaited(**arguments)
    made = type("LinkspanTool", (package.BaseTool,), parts)
    return made(name=tool.name, description=tool.description, args_schema=_arguments_model(tool, strict=True))


def google_adk(tool: AnyTool) -> Any:
    """A BaseTool of Google's Agent Development Kit."""
    base: type = needed("google.adk.tools", "google-adk").BaseTool
    types = needed("google.genai.types", "google-genai")
    declaration = types.FunctionDeclaration(
        name=tool.name, description=tool.description, parameters_json_schema=one_type_each(tool.schema)
    )

    async def run(_: object, *, args: Mapping[str, object], tool_context: object) -> dict[str, object]:
        del tool_context
        return {"result": await tool.told_anywhere(args)}

    made = type("LinkspanTool", (base,), {"_get_declaration": lambda _: declaration, "run_async": run})
    return made(name=tool.name, description=tool.description)


def _function(tool: AnyTool, *, strict: bool) -> dict[str, Any]:
    schema = tool.strict_schema if strict else tool.schema
    return {"name": tool.name, "description": tool.description, "parameters": dict(schema), "strict": strict}


def one_type_each(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema with `anyOf` in place of several types at once, which Gemini does not read."""
    found = {name: one_type_each(value) if isinstance(value, dict) else value for name, value in schema.items()}
    kinds = found.get("type")
    if isinstance(kinds, list):
        del found["type"]
        found["anyOf"] = [{"type": kind} for kind in kinds]
    return found


def _keywords(
    tool: AnyTool, *, strict: bool = False
) -> tuple[Callable[..., str] | None, Callable[..., Awaitable[str]]]:
    """The tool as a plain function, if it can wait, and as an awaited one, both by keywords."""

    def blocking(**arguments: object) -> str:
        return tool.told_now(arguments, strict=strict)

    async def awaited(**arguments: object) -> str:
        return await tool.told_anywhere(arguments, strict=strict)

    blocking.__name__ = awaited.__name__ = tool.name
    blocking.__doc__ = awaited.__doc__ = tool.description
    return blocking if tool.waits else None, awaited


def _arguments_model(tool: AnyTool, *, strict: bool = False) -> type:
    """A pydantic model that takes any arguments and gives the tool's own schema: the server checks them, and says what is wrong."""
    pydantic = needed("pydantic", "pydantic")
    schema = dict(tool.strict_schema if strict else tool.schema)

    def told(_: type, /, *__: object, **___: object) -> dict[str, object]:
        return schema

    parts = {
        "__module__": __name__,
        "__doc__": tool.description,
        "__annotations__": {},
        "model_config": pydantic.ConfigDict(extra="allow"),
        "model_json_schema": classmethod(told),
    }
    return type("Arguments", (pydantic.BaseModel,), parts)
