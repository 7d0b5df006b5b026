from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from serve import serve


class City(BaseModel):
    city: str
    days: int


def create_model(request):
    options = {"api_key": request["apiKey"], "max_retries": 0}
    if request["surface"] == "Anthropic":
        client = AsyncAnthropic(base_url=request["baseUrl"], **options)
        return AnthropicModel(request["model"], provider=AnthropicProvider(anthropic_client=client))
    client = AsyncOpenAI(base_url=f"{request['baseUrl']}/v1", **options)
    kind = OpenAIResponsesModel if request["surface"] == "Responses" else OpenAIChatModel
    return kind(request["model"], provider=OpenAIProvider(openai_client=client))


def create_agent(request, **options):
    return Agent(create_model(request), instructions="Be brief.", **options)


async def invoke(request):
    result = await create_agent(request).run(request["prompt"])
    return {"text": result.output}


async def stream(request):
    text = ""
    async with create_agent(request).run_stream(request["prompt"]) as result:
        async for delta in result.stream_text(delta=True):
            text += delta
        final = await result.get_output()
    return {"text": text, "final": final}


async def tools(request):
    calls = []
    agent = create_agent(request)

    @agent.tool_plain
    def weather(city: str) -> str:
        """The weather of a city"""
        calls.append(["weather", city])
        return "Sunny"

    @agent.tool_plain
    def clock(city: str) -> str:
        """The clock of a city"""
        calls.append(["clock", city])
        return "Sunny"

    result = await agent.run(request["prompt"])
    return {"text": result.output, "calls": sorted(calls)}


async def structure(request):
    result = await create_agent(request, output_type=City).run(request["prompt"])
    return result.output.model_dump()


serve({"invoke": invoke, "stream": stream, "tools": tools, "structure": structure})
