import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { startWorld, type World } from '../world/start-world.ts';
import type { RunningServer } from './run-server.ts';
import { embeddingCases, type ServerCase, serverCases } from './server-cases.ts';

const startTimeoutMs = 900_000;

export interface RealServer {
  readonly name: string;
  /** Installs and starts it, with what it needs. */
  start(): Promise<RunningServer>;
  /** Environment of the product for the server at this address. */
  environment(url: string): Record<string, string>;
  readonly apiKey: string;
  /** The names of its models. */
  readonly chatModel: string;
  readonly embeddingModel: string | null;
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
      world = await startWorld({
        PROVIDER_PROBE_INTERVAL_MS: '0',
        MAX_RETRIES: '0',
        ...server.environment(running.url),
      });
      direct = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: server.apiKey, maxRetries: 0 });
      throughProduct = new OpenAI({ baseURL: `${world.baseUrl}/v1`, apiKey: world.apiKey, maxRetries: 0 });
    }, startTimeoutMs);
    afterAll(async () => {
      await world?.destroy();
      await running?.close();
    });

    const compare = async ({ run }: ServerCase, model: string) => {
      const expected = await read(() => run(direct, model));
      expect(await read(() => run(throughProduct, `custom/${model}`))).toEqual(expected);
    };
    it.each(serverCases.map((each) => [each.name, each] as const))('answers %s equally', async (_name, each) => {
      await compare(each, server.chatModel);
    });
    const { embeddingModel } = server;
    if (embeddingModel === null) return;
    it.each(embeddingCases.map((each) => [each.name, each] as const))('makes %s equally', async (_name, each) => {
      await compare(each, embeddingModel);
    });
  });
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
