"""One story for each framework that takes tools of the SDK."""

import json

import anthropic.types
import openai.types.chat
import openai.types.responses
from google.adk.models import LlmRequest
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import TypeAdapter
from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from scripts import LIST, steps, told

from linkspan.sdk import AsyncToolset, FrameworkMissingError, Toolset

ACTIONS = ["*_customers", "*_customer", "!*_delete_*"]
Asked = dict[str, str]
Told = dict[str, object]


class ScriptedModel(GenericFakeChatModel):
    """A chat model that is given tools, and says what was written down for it."""

    def bind_tools(self, tools: list[object], **_: object) -> "ScriptedModel":
        self.metadata = {"tools": [convert_to_openai_tool(tool) for tool in tools]}
        return self


def scripted(calls: list[tuple[str, dict[str, object]]]) -> ScriptedModel:
    said = [
        AIMessage("", tool_calls=[{"name": name, "args": args, "id": f"call_{number}", "type": "tool_call"}])
        for number, (name, args) in enumerate(calls)
    ]
    return ScriptedModel(messages=iter([*said, AIMessage("Done.")]))


async def langchain_loop(tools: list[object], calls: list[tuple[str, dict[str, object]]]) -> Told:
    model = scripted(calls)
    ended = await create_agent(model, tools).ainvoke({"messages": [("user", "Take on a customer.")]})
    texts = [text_of(message.content) for message in ended["messages"] if isinstance(message, ToolMessage)]
    return {**told(texts), "said": ended["messages"][-1].content, "offered": model.metadata["tools"]}


def text_of(content: object) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


async def langchain(asked: Asked) -> Told:
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=ACTIONS) as toolset:
        return await langchain_loop((await toolset.tools()).langchain(), steps(asked["made"]))


async def langchain_blocking(asked: Asked) -> Told:
    """The same agent in a program without an event loop; a mistake is told to the model, which corrects it."""
    with Toolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=ACTIONS) as toolset:
        model = scripted([("dynamics365bc_create_customer", {"displayNam": "X"}), *steps(asked["made"])])
        ended = create_agent(model, toolset.tools().langchain()).invoke({"messages": [("user", "Go.")]})
    texts = [message.content for message in ended["messages"] if isinstance(message, ToolMessage)]
    return {**told(texts[1:]), "mistake": json.loads(texts[0])["error"]["code"]}


def function_model(calls: list[tuple[str, dict[str, object]]], offered: list[object]) -> FunctionModel:
    def answer(messages: list[object], info: AgentInfo) -> ModelResponse:
        offered[:] = [tool.parameters_json_schema for tool in info.function_tools]
        said = sum(isinstance(message, ModelResponse) for message in messages)
        if said == len(calls):
            return ModelResponse(parts=[TextPart("Done.")])
        name, args = calls[said]
        return ModelResponse(parts=[ToolCallPart(name, args)])

    return FunctionModel(answer)


async def pydantic_ai_loop(calls: list[tuple[str, dict[str, object]]], **given: object) -> Told:
    offered: list[object] = []
    ended = await Agent(function_model(calls, offered), **given).run("Take on a customer.")
    parts = [part for message in ended.all_messages() for part in message.parts if isinstance(part, ToolReturnPart)]
    texts = [part.content if isinstance(part.content, str) else json.dumps(part.content) for part in parts]
    return {**told(texts), "said": ended.output, "offered": offered}


async def pydantic_ai(asked: Asked) -> Told:
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=ACTIONS) as toolset:
        return await pydantic_ai_loop(steps(asked["made"]), tools=(await toolset.tools()).pydantic_ai())


async def models(asked: Asked) -> Told:
    """OpenAI's and Anthropic's own types take the tools; what their models answer goes back in."""
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"]) as toolset:
        tools = await toolset.tools()
        chat, responses = openai.types.chat.ChatCompletionToolParam, openai.types.responses.FunctionToolParam
        shapes = [(chat, tools.openai(strict=strict)) for strict in (False, True)]
        shapes += [(responses, tools.openai_responses(strict=strict)) for strict in (False, True)]
        shapes.append((anthropic.types.ToolParam, tools.anthropic()))
        for shape, made in shapes:
            TypeAdapter(list[shape]).validate_python(made)
        call = openai.types.chat.ChatCompletionMessageFunctionToolCall.model_validate(
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": LIST, "arguments": '{"top": 1, "select": null, "filter": null}'},
            }
        )
        block = anthropic.types.ToolUseBlock.model_validate(
            {"id": "toolu_1", "type": "tool_use", "name": LIST, "input": {"top": 1}}
        )
        answers = [
            await tools.tell(call.function.name, call.function.arguments, strict=True),
            await tools.tell(block.name, block.input),
        ]
        wrong = await tools.tell("dynamics365bc_list_custmers", "{")
    rows = [len(json.loads(answer)["rows"]) for answer in answers]
    return {"tools": len(tools), "rows": rows, "wrong": wrong, "strict": tools.openai(strict=True)}


async def llama_index(asked: Asked) -> Told:
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=ACTIONS) as toolset:
        tools = {tool.metadata.name: tool for tool in (await toolset.tools()).llama_index()}
        texts = [(await tools[name].acall(**args)).content for name, args in steps(asked["made"])]
    with Toolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=LIST) as toolset:
        (tool,) = toolset.tools().llama_index()
        blocking = tool.call(top=1).content
    offered = [tool.metadata.to_openai_tool() for tool in tools.values()]
    return {**told(texts), "offered": offered, "blocking": len(json.loads(blocking)["rows"])}


async def google_adk(asked: Asked) -> Told:
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=ACTIONS) as toolset:
        tools = {tool.name: tool for tool in (await toolset.tools()).google_adk()}
        request = LlmRequest()
        request.append_tools(list(tools.values()))
        texts = [
            (await request.tools_dict[name].run_async(args=args, tool_context=None))["result"]
            for name, args in steps(asked["made"])
        ]
    declared = request.config.tools[0].function_declarations
    return {**told(texts), "offered": [one.parameters_json_schema for one in declared]}


async def missing(asked: Asked) -> Told:
    """CrewAI has an environment of its own: here it is missing."""
    async with AsyncToolset(asked["base_url"], asked["api_key"], asked["account_id"], actions=LIST) as toolset:
        tools = await toolset.tools()
    try:
        tools.crewai()
    except FrameworkMissingError as error:
        return {"told": str(error)}
    return {"told": ""}
