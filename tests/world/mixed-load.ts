import { Agent, request } from 'undici';

/** What became of one request, as its client saw it. */
export interface Seen {
  kind: 'plain' | 'stream' | 'aborted' | 'refused';
  /** Null where no head of an answer came. */
  requestId: string | null;
  status: number | null;
  /** The exact cost that the answer reported; null if it reported none. */
  costNanoUsd: string | null;
  /** The answer came whole. */
  isWhole: boolean;
}

export interface MixedLoad {
  baseUrl: string;
  apiKey: string;
  requests: number;
  connections: number;
  /** Decides which request is of what kind, and where it is cut. */
  seed: number;
  onProgress?(done: number): void;
}

const words = 'the quick brown fox jumps over the lazy dog while seven wizards quietly brew strong coffee'.split(' ');

/** A generator of numbers in [0, 1) that repeats itself for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Half streams, some of them left by the client, some requests refused; `requests` in all over `connections`. */
export async function runMixedLoad(load: MixedLoad): Promise<Seen[]> {
  const random = createRandom(load.seed);
  const plans = Array.from({ length: load.requests }, () => planRequest(random));
  const agent = new Agent({
    connections: load.connections,
    pipelining: 1,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const seen: Seen[] = [];
  const work = async () => {
    for (let plan = plans.pop(); plan !== undefined; plan = plans.pop()) {
      seen.push(await send(agent, load, plan));
      load.onProgress?.(seen.length);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, work));
  await agent.destroy();
  return seen;
}

interface Plan {
  kind: Seen['kind'];
  body: string;
  /** Chunks of the answer after which the client leaves. */
  leaveAfter: number;
  hasKey: boolean;
}

function planRequest(random: () => number): Plan {
  const dice = random();
  const kind = dice < 0.42 ? 'plain' : dice < 0.7 ? 'stream' : dice < 0.85 ? 'aborted' : 'refused';
  const text = Array.from(
    { length: 1 + Math.floor(random() * 30) },
    () => words[Math.floor(random() * words.length)],
  ).join(' ');
  const refusal = Math.floor(random() * 3);
  const isRefused = kind === 'refused';
  return {
    kind,
    leaveAfter: Math.floor(random() * 12),
    hasKey: !(isRefused && refusal === 0),
    body: JSON.stringify({
      model: isRefused && refusal === 1 ? 'no-such-model' : random() < 0.5 ? 'mock-small' : 'mock-large',
      messages: [{ role: 'user', content: text }],
      max_tokens: isRefused && refusal === 2 ? -1 : 100,
      stream: kind === 'stream' || kind === 'aborted',
    }),
  };
}

async function send(agent: Agent, load: MixedLoad, plan: Plan): Promise<Seen> {
  const seen: Seen = { kind: plan.kind, requestId: null, status: null, costNanoUsd: null, isWhole: false };
  const leaving = new AbortController();
  try {
    const answer = await request(`${load.baseUrl}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(plan.hasKey ? { authorization: `Bearer ${load.apiKey}` } : {}),
      },
      body: plan.body,
      signal: leaving.signal,
    });
    seen.status = answer.statusCode;
    seen.requestId = String(answer.headers['x-request-id'] ?? '') || null;
    let text = '';
    let chunks = 0;
    for await (const chunk of answer.body) {
      text += String(chunk);
      chunks += 1;
      if (plan.kind === 'aborted' && chunks > plan.leaveAfter) leaving.abort();
    }
    seen.isWhole = plan.kind === 'plain' || text.endsWith('data: [DONE]\n\n');
    seen.costNanoUsd = /"cost_nano_usd":"(\d+)"/.exec(text)?.[1] ?? null;
  } catch {
    // The client left, or the gateway died: what the ledger says of it is what counts.
  }
  return seen;
}
