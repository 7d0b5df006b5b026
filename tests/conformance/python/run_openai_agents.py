from agents import (
    Agent,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel
from serve import serve

set_tracing_disabled(True)


class City(BaseModel):
    city: str
    days: int


def create_agent(request, **options):
    client = AsyncOpenAI(base_url=f"{request['baseUrl']}/v1", api_key=request["apiKey"], max_retries=0)
    kind = OpenAIResponsesModel if request["surface"] == "Responses" else OpenAIChatCompletionsModel
    model = kind(model=request["model"], openai_client=client)
    return Agent(name="Agent", instructions="Be brief.", model=model, **options)


async def invoke(request):
    result = await Runner.run(create_agent(request), request["prompt"])
    return {"text": result.final_output}


async def stream(request):
    text = ""
    result = Runner.run_streamed(create_agent(request), request["prompt"])
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            text += event.data.delta
    return {"text": text, "final": result.final_output}


async def tools(request):
    calls = []

    @function_tool
    def weather(city: str) -> str:
        """The weather of a city"""
        calls.append(["weather", city])
        return "Sunny"

    @function_tool
    def clock(city: str) -> str:
        """The clock of a city"""
        calls.append(["clock", city])
        return "Sunny"

    result = await Runner.run(create_agent(request, tools=[weather, clock]), request["prompt"])
    return {"text": result.final_output, "calls": sorted(calls)}


async def structure(request):
    result = await Runner.run(create_agent(request, output_type=City), request["prompt"])
    return result.final_output.model_dump()


serve({"invoke": invoke, "stream": stream, "tools": tools, "structure": structure})
