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
  'a bound': { messages: [user('#words=50')], max_tokens: 5 },
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
  'an object': { messages: [user('Say it as JSON')], response_format: { type: 'json_object' } },
  'an object by its schema': {
    messages: [user('Brno')],
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
};

/** What a client makes of an answer; ids and times are of no interest. */
export interface Said {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly finish: string | null;
  readonly usage: readonly (number | undefined)[];
}

export interface ServerCase {
  readonly name: string;
  run(client: OpenAI, model: string): Promise<unknown>;
}

/** Every request that is made to a server itself and through the product. */
export const serverCases: readonly ServerCase[] = [
  ...Object.entries(chats).flatMap(([name, chat]) => [
    { name, run: (client: OpenAI, model: string) => askPlain(client, { ...chat, model }) },
    { name: `${name}, streamed`, run: (client: OpenAI, model: string) => askStreamed(client, { ...chat, model }) },
  ]),
];

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
    return data.map(({ embedding, index }) => ({ embedding, index }));
  },
}));

async function askPlain(client: OpenAI, chat: Chat): Promise<Said> {
  const { choices, usage } = await client.chat.completions.create(chat);
  const [choice] = choices;
  return {
    text: choice?.message.content ?? '',
    calls: (choice?.message.tool_calls ?? []).map((each) => toCall('function' in each ? each.function : undefined)),
    finish: choice?.finish_reason ?? null,
    usage: [usage?.prompt_tokens, usage?.completion_tokens],
  };
}

async function askStreamed(client: OpenAI, chat: Chat): Promise<Said> {
  const chunks = await client.chat.completions.create({
    ...chat,
    stream: true,
    stream_options: { include_usage: true },
  });
  const calls: { name: string; arguments: string }[] = [];
  let text = '';
  let finish: string | null = null;
  let usage: (number | undefined)[] = [];
  for await (const chunk of chunks) {
    if (chunk.usage) usage = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens];
    const [choice] = chunk.choices;
    text += choice?.delta.content ?? '';
    finish = choice?.finish_reason ?? finish;
    for (const { index, function: piece } of choice?.delta.tool_calls ?? []) {
      calls[index] ??= { name: '', arguments: '' };
      calls[index].name += piece?.name ?? '';
      calls[index].arguments += piece?.arguments ?? '';
    }
  }
  return { text, calls: calls.map(toCall), finish, usage };
}

function toCall(called: { readonly name: string; readonly arguments: string } | undefined) {
  return { name: called?.name ?? '', arguments: JSON.parse(called?.arguments || '{}') };
}
