import { Agent, request } from 'undici';
import type { SpendingPlan } from './spending-plans.ts';

/** What became of a plan: the status of its answer, or null where none came. */
export interface Spent {
  kind: string;
  status: number | null;
}

export interface Crowd {
  baseUrl: string;
  apiKey: string;
  connections: number;
  onProgress?(done: number): void;
  /** What a client waits for after a 503. */
  untilBack?(): Promise<unknown>;
}

/** Sends all plans, `connections` of them at a time; resolves when each has ended. */
export async function spendAtOnce(crowd: Crowd, plans: readonly SpendingPlan[]): Promise<Spent[]> {
  const { connections, onProgress, untilBack } = crowd;
  const agent = new Agent({ connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const queue = plans.values();
  const spent: Spent[] = [];
  const work = async () => {
    for (const plan of queue) {
      const status = await send(agent, crowd, plan);
      spent.push({ kind: plan.kind, status });
      onProgress?.(spent.length);
      if (status === 503) await untilBack?.();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  await agent.destroy();
  return spent;
}

async function send(agent: Agent, { baseUrl, apiKey }: Crowd, plan: SpendingPlan): Promise<number | null> {
  const { path, body, headers, leaveAfterMs } = plan;
  let status: number | null = null;
  try {
    const answer = await request(baseUrl + path, {
      dispatcher: agent,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify(body),
      ...(leaveAfterMs !== undefined && { signal: AbortSignal.timeout(leaveAfterMs) }),
    });
    status = answer.statusCode;
    await answer.body.dump({ limit: Number.POSITIVE_INFINITY });
  } catch {
    // The client left, or the proxy died: the ledgers say what it cost.
  }
  return status;
}
