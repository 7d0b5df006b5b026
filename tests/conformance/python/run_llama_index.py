from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel
from serve import serve


class City(BaseModel):
    """A city"""

    city: str
    days: int


def create_model(request):
    return OpenAILike(
        model=request["model"],
        api_base=f"{request['baseUrl']}/v1",
        api_key=request["apiKey"],
        is_chat_model=True,
        is_function_calling_model=True,
        context_window=100_000,
        max_retries=0,
    )


def to_messages(request):
    return [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=request["prompt"])]


async def invoke(request):
    answer = await create_model(request).achat(to_messages(request))
    return {"text": answer.message.content}


async def stream(request):
    text = ""
    final = ""
    async for chunk in await create_model(request).astream_chat(to_messages(request)):
        text += chunk.delta or ""
        final = chunk.message.content
    return {"text": text, "final": final}


async def tools(request):
    calls = []

    def weather(city: str) -> str:
        """The weather of a city"""
        calls.append(["weather", city])
        return "Sunny"

    def clock(city: str) -> str:
        """The clock of a city"""
        calls.append(["clock", city])
        return "Sunny"

    agent = FunctionAgent(tools=[weather, clock], llm=create_model(request), system_prompt="Be brief.")
    answer = await agent.run(request["prompt"])
    return {"text": str(answer), "calls": sorted(calls)}


async def structure(request):
    city = await create_model(request).astructured_predict(City, PromptTemplate(request["prompt"]))
    return city.model_dump()


serve({"invoke": invoke, "stream": stream, "tools": tools, "structure": structure})
