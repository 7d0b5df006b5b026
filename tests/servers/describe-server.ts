import { isRecord } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { startWorld, type World } from '../world/start-world.ts';
import type { RunningServer } from './run-server.ts';
import { embeddingCases, type ServerCase, serverCases, tooLongCases, unknownModelCases } from './server-cases.ts';

const unknownModel = 'unknown-model';

export interface RealServer {
  readonly name: string;
  /** Installs and starts it, with what it needs. */
  start(): Promise<RunningServer>;
  /** Longest time of `start`, in milliseconds. */
  readonly startTimeoutMs: number;
  /** Name of its profile. */
  readonly profile: string;
  readonly apiKey: string;
  /** The names of its models. */
  readonly chatModel: string | null;
  readonly embeddingModel: string | null;
  /** Whether its context is so small that the cases of a prompt that is too long can be run. */
  readonly hasSmallContext: boolean;
  /** By the name of a case: the status of the product where the server has another one for the same mistake of the client. */
  readonly mendedStatus: Readonly<Record<string, number>>;
  /** Names of cases in which the server leaves out the finish reason of a choice; the product says "stop". */
  readonly unfinished?: readonly string[];
}

/** Every case, to the server itself and through the product, with equal results. */
export function describeServer(server: RealServer): void {
  describe(server.name, () => {
    let running: RunningServer;
    let world: World;
    let direct: OpenAI;
    let throughProduct: OpenAI;
    beforeAll(async () => {
      running = await server.start();
      world = await startWorld({ PROVIDER_PROBE_INTERVAL_MS: '0', MAX_RETRIES: '0', ...toSettings(server, running) });
      direct = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: server.apiKey, maxRetries: 0 });
      throughProduct = new OpenAI({ baseURL: `${world.baseUrl}/v1`, apiKey: world.apiKey, maxRetries: 0 });
    }, server.startTimeoutMs);
    afterAll(async () => {
      await world?.destroy();
      await running?.close();
    });

    const compareAll = (cases: readonly ServerCase[], model: string) =>
      it.each(cases.map((each) => [each.name, each] as const))('answers %s equally', async (name, { run }) => {
        const given = await read(() => run(direct, model));
        const expected = server.unfinished?.includes(name) === true ? withFinish(given) : given;
        const answered = await read(() => run(throughProduct, `custom/${model}`));
        const status = server.mendedStatus[name];
        if (status === undefined) return expect(answered).toEqual(withUsageOf(answered, expected));
        expect(expected).not.toEqual({ answer: expect.objectContaining({ choices: [expect.anything()] }) });
        expect(answered).toEqual(status === 200 ? { answer: expect.anything() } : { status });
      });
    const { chatModel, embeddingModel } = server;
    if (chatModel !== null) {
      compareAll(serverCases, chatModel);
      compareAll(unknownModelCases, unknownModel);
      if (server.hasSmallContext) {
        compareAll(tooLongCases, chatModel);
        it('gives a prompt that is too long its code', async () => {
          const [plain] = tooLongCases;
          const error = await plain?.run(throughProduct, `custom/${chatModel}`).catch((error: unknown) => error);
          expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded' });
        });
      }
    }
    if (embeddingModel !== null) compareAll(embeddingCases, embeddingModel);
  });
}

/** The answer of a server that reports no usage, with the usage that the product counted. */
function withUsageOf(answered: unknown, expected: unknown): unknown {
  if (!isRecord(expected) || !isRecord(expected.answer) || !isRecord(answered) || !isRecord(answered.answer)) {
    return expected;
  }
  const { usage } = expected.answer;
  if (!Array.isArray(usage) || usage.length > 0) return expected;
  expect(answered.answer.usage).toEqual([expect.any(Number), expect.any(Number)]);
  return { ...expected, answer: { ...expected.answer, usage: answered.answer.usage } };
}

/** The answer with the finish reason that the server has left out of its last choice. */
function withFinish(given: unknown): unknown {
  expect(given).toMatchObject({ answer: { choices: [{ finish: 'stop' }, { finish: null }] } });
  const { answer } = given as { answer: { choices: object[] } };
  return { answer: { ...answer, choices: answer.choices.map((choice) => ({ ...choice, finish: 'stop' })) } };
}

/** The settings of the product for this server. */
function toSettings({ profile, apiKey, chatModel, embeddingModel }: RealServer, { url }: RunningServer) {
  const chatModels = chatModel === null ? [] : [chatModel, unknownModel];
  const embeddingModels = embeddingModel === null ? [] : [embeddingModel];
  const prices = [
    ...chatModels.map((model) => [model, { input: '1', output: '2' }]),
    ...embeddingModels.map((model) => [model, { input: '1' }]),
  ];
  return {
    CUSTOM_BASE_URL: url,
    CUSTOM_API_KEY: apiKey,
    CUSTOM_PROFILE: profile,
    CUSTOM_MODELS: [...chatModels, ...embeddingModels].join(','),
    CUSTOM_CAPABILITIES: 'tools,vision,structured_outputs',
    CUSTOM_PRICES: JSON.stringify(Object.fromEntries(prices)),
  };
}

/** The answer, or the status by which the request was rejected. */
async function read(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await ask() };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError) || error.status === undefined) throw error;
    return { status: error.status };
  }
}
