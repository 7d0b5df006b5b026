import type OpenAI from 'openai';

type Chat = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{"city":"Brno"}' } };
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const user = (content: string) => ({ role: 'user' as const, content });

/** Requests of the `openai` SDK, each plain and streamed. */
const chats: Readonly<Record<string, Omit<Chat, 'model'>>> = {
  'a question': { messages: [user('Hello there')] },
  instructions: { messages: [{ role: 'system', content: 'Be short.' }, user('#system')] },
  'several turns': { messages: [user('one'), { role: 'assistant', content: 'two' }, user('three')] },
  'a bound': { messages: [user('#words=50')], max_tokens: 3 },
  'a stop': { messages: [user('red green blue')], stop: ['green'] },
  sampling: { messages: [user('Hello')], temperature: 0, top_p: 1, seed: 7 },
  'a tool that is called': { messages: [user('#tool')], tools: [weather] },
  'a tool that must be called': { messages: [user('Brno')], tools: [weather], tool_choice: 'required' },
  'a tool that is not called': { messages: [user('Hello')], tools: [weather] },
  'the result of a tool': {
    messages: [
      user('Brno?'),
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '5 degrees' },
    ],
    tools: [weather],
  },
  'an object': { messages: [user('Say it as JSON')], temperature: 0, response_format: { type: 'json_object' } },
  'an object by its schema': {
    messages: [user('Brno')],
    temperature: 0,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'city',
        strict: true,
        schema: { ...weather.function.parameters, additionalProperties: false },
      },
    },
  },
  'a picture': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: picture } },
        ],
      },
    ],
  },
  emoji: { messages: [user('🙂 Привет "quoted" \\ back')] },
  probabilities: { messages: [user('Brno')], logprobs: true, top_logprobs: 5, max_tokens: 3 },
  'several answers': { messages: [user('Brno')], n: 2 },
};

export interface ServerCase {
  readonly name: string;
  /** Returns what a client makes of the answer; ids and times are of no interest. */
  run(client: OpenAI, model: string): Promise<unknown>;
}

/** A chat, plain and streamed. */
const bothWays = ([name, chat]: readonly [string, Omit<Chat, 'model'>]): ServerCase[] => [
  { name, run: (client, model) => askPlain(client, { ...chat, model }) },
  { name: `${name}, streamed`, run: (client, model) => askStreamed(client, { ...chat, model }) },
];

/** Every request that is made to a server itself and through the product. */
export const serverCases = Object.entries(chats).flatMap(bothWays);

/** The same for a model that the server does not have. */
export const unknownModelCases = bothWays(['an unknown model', { messages: [user('Hello')] }]);

/** More tokens than a small context holds. */
export const tooLongCases = bothWays(['a prompt that is too long', { messages: [user('word '.repeat(2000))] }]);

/** Embeddings of one text, of many, as numbers and as base64. */
export const embeddingCases: readonly ServerCase[] = (
  [
    ['one text', 'one', 'float'],
    ['many texts', ['one', 'two', 'three'], 'float'],
    ['base64', ['one'], 'base64'],
  ] as const
).map(([name, input, format]) => ({
  name: `embeddings of ${name}`,
  async run(client, model) {
    const { data } = await client.embeddings.create({ model, input: input as string, encoding_format: format });
    return data.map(({ embedding, index }) => ({ embedding: toNumbers(embedding), index }));
  },
}));

/** As 32-bit floats; a server that ignores `base64` returns numbers, of which the product makes what was asked for. */
function toNumbers(embedding: readonly number[] | string): number[] {
  if (typeof embedding !== 'string') return embedding.map(Math.fround);
  const bytes = Buffer.from(embedding, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

async function askPlain(client: OpenAI, chat: Chat): Promise<unknown> {
  const { choices, usage } = await client.chat.completions.create(chat);
  return {
    usage: [usage?.prompt_tokens, usage?.completion_tokens],
    choices: choices.map(({ message, finish_reason, logprobs }) => ({
      text: message.content ?? '',
      calls: (message.tool_calls ?? []).map((each) => toCall('function' in each ? each.function : undefined)),
      finish: finish_reason,
      probabilities: toProbabilities(logprobs),
    })),
  };
}

async function askStreamed(client: OpenAI, chat: Chat): Promise<unknown> {
  const chunks = await client.chat.completions.create({
    ...chat,
    stream: true,
    stream_options: { include_usage: true },
  });
  const choices: StreamedChoice[] = [];
  let usage: (number | undefined)[] = [];
  for await (const chunk of chunks) {
    if (chunk.usage) usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens];
    for (const { index, delta, finish_reason, logprobs } of chunk.choices) {
      choices[index] ??= { text: '', calls: [], finish: null, probabilities: [] };
      const choice = choices[index];
      choice.text += delta.content ?? '';
      choice.finish = finish_reason ?? choice.finish;
      choice.probabilities.push(...toProbabilities(logprobs));
      for (const { index: place, function: piece } of delta.tool_calls ?? []) {
        choice.calls[place] ??= { name: '', arguments: '' };
        choice.calls[place].name += piece?.name ?? '';
        choice.calls[place].arguments += piece?.arguments ?? '';
      }
    }
  }
  return { usage, choices: choices.map(({ calls, ...rest }) => ({ ...rest, calls: calls.map(toCall) })) };
}

interface StreamedChoice {
  text: string;
  finish: string | null;
  readonly calls: { name: string; arguments: string }[];
  readonly probabilities: ReturnType<typeof toProbabilities>;
}

/** The most probable tokens of each place, in hundredths: whether the server batches a prompt changes the last digits. */
function toProbabilities(logprobs: OpenAI.Chat.Completions.ChatCompletion.Choice.Logprobs | null | undefined) {
  return (logprobs?.content ?? []).map(({ token, top_logprobs }) => [
    token,
    ...top_logprobs.map(({ token, logprob }) => [token, Math.round(logprob * 100)]),
  ]);
}

function toCall(called: { readonly name: string; readonly arguments: string } | undefined) {
  return { name: called?.name ?? '', arguments: JSON.parse(called?.arguments || '{}') };
}
