import { waitFor } from '@aggregator/testing';
import { createStreamAgent, readStream, type SeenStream } from './stream-client.ts';

export interface OpenStreams {
  /** Streams that have not ended. */
  readonly left: number;
  /** What became of each, when all have ended. */
  all(): Promise<SeenStream[]>;
}

/** Opens so many streams at once, and resolves when each of them has brought a few tokens. */
export async function openStreams(
  count: number,
  options: { baseUrl: string; apiKey: string; model: string; tokensMax: number },
): Promise<OpenStreams> {
  const agent = createStreamAgent(count);
  const tokens = Array.from({ length: count }, () => 0);
  let left = count;
  const streams = tokens.map((_none, index) =>
    readStream(agent, {
      ...options,
      onToken: () => {
        tokens[index] = (tokens[index] ?? 0) + 1;
      },
    }).finally(() => {
      left -= 1;
    }),
  );
  await waitFor(() => tokens.every((seen) => seen >= 2), {
    timeoutMs: 60_000,
    describe: () => `tokens on every stream: ${tokens.join(' ')}`,
  });
  return {
    get left() {
      return left;
    },
    async all() {
      const seen = await Promise.all(streams);
      await agent.destroy();
      return seen;
    },
  };
}

/** Gaps between the tokens of all streams, the longest hundredth left out. */
export function gapP99Ms(streams: readonly SeenStream[]): number {
  const sorted = streams.map(({ gapMsMax }) => gapMsMax).sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}
