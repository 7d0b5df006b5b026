import type { ChatCompletionRequest, EmbeddingsRequest, ImagesRequest, Usage } from '@aggregator/contracts';
import {
  type ProviderAdapter,
  type ProviderEndpoint,
  type ProviderError,
  ProviderFailure,
  type ProviderTarget,
  SseParser,
  type TranslatedAnswer,
  type TranslatedRequest,
} from '@aggregator/providers';
import { z } from 'zod';

const said = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning_details: z.array(z.looseObject({})).nullish(),
  tool_calls: z
    .array(
      z.looseObject({
        index: z.number().optional(),
        id: z.string().optional(),
        function: z.looseObject({ name: z.string().optional(), arguments: z.string().optional() }),
      }),
    )
    .nullish(),
});
const plain = z.looseObject({ choices: z.array(z.looseObject({ message: said, finish_reason: z.string() })) });
const chunk = z.looseObject({
  choices: z.array(z.looseObject({ delta: said, finish_reason: z.string().nullish() })),
});

export type SaidCall = { id: string; type: 'function'; function: { name: string; arguments: string } };

/** The first choice of an answer as a caller reads it. */
export interface Said {
  text: string;
  refusal: string;
  reasoning: string;
  details: unknown[];
  calls: SaidCall[];
  finishReason: string | null;
  usage: Usage | null;
  /** Null unless the answer failed or broke. */
  error: ProviderError | null;
  isComplete: boolean;
  droppedParams: readonly string[];
}

type ChatAsked = Pick<ChatCompletionRequest, 'messages'> & Partial<ChatCompletionRequest>;

/** A caller of a fake through an adapter, over a real connection. */
export class FakeClient {
  readonly adapter: ProviderAdapter;
  readonly target: ProviderTarget;

  constructor(adapter: ProviderAdapter, target: ProviderTarget) {
    this.adapter = adapter;
    this.target = target;
  }

  with(target: Partial<ProviderTarget>): FakeClient {
    return new FakeClient(this.adapter, { ...this.target, ...target });
  }

  /** Asks plainly. A failure that the provider reports is part of the answer. */
  async ask(request: ChatAsked): Promise<Said> {
    const { chat } = this.adapter;
    const translated = chat.toRequest({ model: 'any', ...request }, this.target);
    const answer = await this.#read(translated, (body) => chat.fromResponse(body));
    if (!('usage' in answer)) return { ...nothingSaid(translated), error: answer };
    const [choice] = plain.parse(answer.body).choices;
    const read = nothingSaid(translated);
    if (choice !== undefined) add(read, choice.message, choice.finish_reason);
    return { ...read, usage: answer.usage, isComplete: true };
  }

  /** The same as a stream. */
  async stream(request: ChatAsked, includeUsage = true): Promise<Said> {
    const { chat } = this.adapter;
    const translated = chat.toRequest({ model: 'any', ...request, stream: true }, this.target);
    const response = await send(translated.endpoint, translated.body);
    const read = nothingSaid(translated);
    if (!response.ok) return { ...read, error: await this.#classify(response) };
    const translator = chat.createStream({ includeUsage });
    const parser = new SseParser();
    const sent: string[] = [];
    try {
      for await (const bytes of response.body ?? []) {
        for (const event of parser.push(Buffer.from(bytes))) sent.push(...translator.push(event));
      }
    } catch {
      // A torn connection: what is whole the translator knows.
    }
    sent.push(...(translator.release?.() ?? []));
    const end = translator.end();
    const chunks = [...sent.map((text): unknown => JSON.parse(text)), ...(end === null ? [] : [end])];
    for (const { choices } of chunks.map((one) => chunk.parse(one))) {
      for (const choice of choices) add(read, choice.delta, choice.finish_reason);
    }
    const { usage, error, isComplete } = translator;
    return { ...read, usage, error, isComplete };
  }

  async embed(
    request: Pick<EmbeddingsRequest, 'input'> & Partial<EmbeddingsRequest>,
  ): Promise<TranslatedAnswer | ProviderError> {
    const { embeddings } = this.adapter;
    if (embeddings === null) throw new Error('no embeddings');
    const asked = { model: 'any', ...request };
    return this.#read(embeddings.toRequest(asked, this.target), (body) => embeddings.fromResponse(body, asked));
  }

  async draw(
    request: Pick<ImagesRequest, 'prompt'> & Partial<ImagesRequest>,
  ): Promise<TranslatedAnswer | ProviderError> {
    const { images } = this.adapter;
    if (images === null) throw new Error('no images');
    const asked = { model: 'any', ...request };
    return this.#read(images.toRequest(asked, this.target), (body) => images.fromResponse(body, asked));
  }

  async probe(): Promise<number> {
    return (await send(this.adapter.probe(this.target), null)).status;
  }

  async #read(
    { endpoint, body }: TranslatedRequest,
    fromResponse: (body: string) => TranslatedAnswer,
  ): Promise<TranslatedAnswer | ProviderError> {
    const response = await send(endpoint, body);
    if (!response.ok) return this.#classify(response);
    try {
      return fromResponse(await response.text());
    } catch (error) {
      if (error instanceof ProviderFailure) return error.judgement;
      throw error;
    }
  }

  async #classify(response: Response): Promise<ProviderError> {
    return this.adapter.classifyError(response.status, Object.fromEntries(response.headers), await response.text());
  }
}

function send({ method, url, headers }: ProviderEndpoint, body: string | null): Promise<Response> {
  return fetch(url, { method, headers, ...(body !== null && { body }), signal: AbortSignal.timeout(10_000) });
}

function nothingSaid({ droppedParams }: TranslatedRequest): Said {
  const empty = { text: '', refusal: '', reasoning: '', details: [], calls: [], finishReason: null };
  return { ...empty, usage: null, error: null, isComplete: false, droppedParams };
}

function add(read: Said, part: z.infer<typeof said>, finishReason: string | null | undefined): void {
  read.text += part.content ?? '';
  read.refusal += part.refusal ?? '';
  read.reasoning += part.reasoning_content ?? '';
  read.details.push(...(part.reasoning_details ?? []));
  for (const [position, call] of (part.tool_calls ?? []).entries()) {
    const index = call.index ?? position;
    read.calls[index] ??= { id: call.id ?? '', type: 'function', function: { name: '', arguments: '' } };
    const known = read.calls[index]?.function;
    if (known === undefined) continue;
    known.name += call.function.name ?? '';
    known.arguments += call.function.arguments ?? '';
  }
  if (finishReason) read.finishReason = finishReason;
}
