import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface SteadyLoad {
  /** Requests that have been answered so far. */
  readonly answered: number;
  /** What was not answered 200, as `<status or error> <request id>`; at most 100 of them. */
  readonly failures: readonly string[];
  /** Takes no new request, waits for those that are open, and answers the ids of all that were answered 200. */
  stop(): Promise<string[]>;
}

export interface SteadyLoadOptions {
  baseUrl: string;
  apiKey: string;
  /** Asked in turn. */
  models: readonly string[];
  workers: number;
  /** Between an answer and the next request of the same worker, in milliseconds; 0 by default. */
  pauseMs?: number;
  /** The load always ends after so many. */
  requestsMax: number;
}

const failuresMax = 100;

/** Plain requests, one after the other by each of some workers, until it is stopped. */
export function startSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const agent = new Agent({ connections: options.workers, pipelining: 1 });
  const failures: string[] = [];
  const answeredIds: string[] = [];
  let sent = 0;
  let isStopping = false;

  async function work(): Promise<void> {
    while (!isStopping && sent < options.requestsMax) {
      const model = options.models[sent % options.models.length] ?? '';
      sent += 1;
      const outcome = await ask(agent, options, model);
      if (outcome.id !== null) answeredIds.push(outcome.id);
      else if (failures.length < failuresMax) failures.push(`${model}: ${outcome.failure}`);
      if (options.pauseMs !== undefined) await pause(options.pauseMs);
    }
  }
  const workers = Promise.all(Array.from({ length: options.workers }, work));

  return {
    get answered() {
      return answeredIds.length;
    },
    failures,
    async stop() {
      isStopping = true;
      await workers;
      await agent.destroy();
      return answeredIds;
    },
  };
}

async function ask(
  agent: Agent,
  { baseUrl, apiKey }: SteadyLoadOptions,
  model: string,
): Promise<{ id: string | null; failure: string }> {
  try {
    const answer = await request(`${baseUrl}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }),
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
    });
    const text = await answer.body.text();
    const id = String(answer.headers['x-request-id'] ?? '');
    if (answer.statusCode === 200) return { id, failure: '' };
    return { id: null, failure: `${answer.statusCode} ${id} ${text.slice(0, 300)}` };
  } catch (error) {
    return { id: null, failure: String(error) };
  }
}
