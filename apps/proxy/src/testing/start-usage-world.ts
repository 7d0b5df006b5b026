import { type Operation, openAiErrorBody, type Rates, type UsageRecorded } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { z } from 'zod';
import { toEvent } from './scripted-upstream.ts';
import { openStream } from './sse-client.ts';
import { startWorld, toSnapshot, type World, type WorldOptions } from './start-world.ts';

export interface MeteredModel {
  readonly id: string;
  readonly operation: Operation;
  readonly rates: Rates;
  readonly contextLength?: number;
}

export const meteredChat: MeteredModel = {
  id: 'metered-chat',
  operation: 'chat.completions',
  rates: { inputUncached: '3000000', cacheRead: '300000', outputText: '15000000', outputReasoning: '20000000' },
};

const answerBody = z.looseObject({
  usage: z.looseObject({ cost: z.number().optional(), cost_nano_usd: z.string().optional() }).nullish(),
  cost: z.number().optional(),
  error: openAiErrorBody.shape.error.nullish(),
});
export type AnswerBody = z.infer<typeof answerBody>;

export interface UsageWorld {
  readonly world: World;
  /** Sends a request to a model whose provider answers `answer`. Returns the answer and the event of the request. */
  ask(
    path: string,
    body: object | string,
    answer: object,
  ): Promise<{ json: AnswerBody; status: number; event: UsageRecorded }>;
  /** The same for a stream of chunks. Returns its last event. */
  stream(
    path: string,
    body: object,
    chunks: readonly object[],
  ): Promise<{ last: AnswerBody; events: string[]; event: UsageRecorded }>;
  stop(): Promise<void>;
}

/** A proxy with models of a provider (`metered`) that reports every usage that a test wants. */
export async function startUsageWorld(
  models: readonly MeteredModel[],
  options: WorldOptions = {},
): Promise<UsageWorld> {
  const world = await startWorld(options);
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  world.orchestrator.publish({
    ...snapshot,
    providers: [
      ...snapshot.providers,
      {
        ...{ name: 'metered', type: 'OpenAICompatible', baseUrl: world.scripted.url, isAddressTrusted: true },
        ...{ credentialRefs: ['none'], options: {}, concurrencyMax: null },
        models: models.map(({ id, operation, contextLength = 131_072 }) => ({
          ...{ id, operations: [operation], contextLength, capabilities: [], firstLifeMs: null },
          maxOutputTokens: operation === 'chat.completions' ? contextLength : null,
          priceVersion: `${id}/1`,
        })),
      },
    ],
    prices: { ...snapshot.prices, ...Object.fromEntries(models.map(({ id, rates }) => [`${id}/1`, rates])) },
  });
  await waitFor(() => world.orchestrator.acks.at(-1)?.version === 2, { describe: 'the metered models' });
  return {
    world,
    async ask(path, body, answer) {
      world.scripted.answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      };
      const requestId = createUuidV7();
      const response = await world.post(path, body, await world.headers(requestId));
      const json = answerBody.parse(JSON.parse(await response.text()));
      return { json, status: response.status, event: await world.usageOf(requestId) };
    },
    async stream(path, body, chunks) {
      world.scripted.answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`${chunks.map(toEvent).join('')}data: [DONE]\n\n`);
      };
      const requestId = createUuidV7();
      const headers = await world.headers(requestId);
      const client = await openStream(`${world.url}${path}`, headers, { ...body, stream: true });
      await client.over();
      const events = client.events().filter((event) => event !== '[DONE]');
      const last = answerBody.parse(JSON.parse(events.at(-1) ?? '{}'));
      return { last, events, event: await world.usageOf(requestId) };
    },
    stop: () => world.stop(),
  };
}

/** A whole chat answer. */
export function chatAnswer(usage: unknown, content = 'yes'): object {
  return {
    ...{ id: 'c', object: 'chat.completion', created: 1, model: 'metered-chat' },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage !== undefined && { usage }),
  };
}

/** The same as chunks, the usage in a separate chunk. */
export function chatChunks(usage: unknown, content = 'yes'): object[] {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'metered-chat' };
  return [
    { ...head, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] },
    { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ...(usage === undefined ? [] : [{ ...head, choices: [], usage }]),
  ];
}
