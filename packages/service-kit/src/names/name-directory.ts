import { type NamesRequest, namesAnswer, namesAskedMax } from '@aggregator/contracts';
import type { InternalClient } from '../http/internal-client.ts';
import { withDeadline } from '../time/with-deadline.ts';

/** Names of users, API keys and teams; auth alone has them. */
export interface NameDirectory {
  /** Returns the name of an id; undefined if there is none, or if auth does not answer: the id is shown then. Never throws. */
  find(orgId: string, ids: readonly string[]): Promise<(id: string) => string | undefined>;
}

const keptMs = 60_000;
const keptMax = 20_000;
/** What one answer waits for names, all its batches together. */
const waitMs = 1000;
/** How long auth is not asked after it failed, so that not every answer waits. */
const restMs = 5000;
const batchesMax = 10;
/** Names of one answer that are kept: one large answer does not drop the names of all others. */
const keptOfAnswerMax = 2_000;

/**
 * Asks auth in batches. A name is kept for a minute: a changed or erased name is shown for that long at most. At most 20,000 are
 * kept, in all; the oldest is dropped first.
 * @param now milliseconds of a monotonic clock.
 * @param onError is called with each failure of auth.
 */
export function createNameDirectory(
  auth: Pick<InternalClient, 'call'>,
  now: () => number,
  onError: (error: unknown) => void,
): NameDirectory {
  const kept = new Map<string, { name: string | undefined; untilMs: number }>();
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  const keep = (key: string, name: string | undefined) => {
    kept.delete(key);
    const oldest = kept.keys().next();
    if (kept.size >= keptMax && !oldest.done) kept.delete(oldest.value);
    kept.set(key, { name, untilMs: now() + keptMs });
  };

  /** Ends at the deadline. */
  async function ask(orgId: string, ids: readonly string[], names: Map<string, string>): Promise<void> {
    const endMs = now() + waitMs;
    for (let start = 0; start < ids.length && (start === 0 || now() < endMs); start += namesAskedMax) {
      const body: NamesRequest = { ids: ids.slice(start, start + namesAskedMax) };
      const path = `/internal/organizations/${orgId}/names`;
      const answer = await auth.call({ method: 'POST', path, body, answer: namesAnswer });
      for (const [at, id] of body.ids.entries()) {
        const name = answer.names[id];
        if (start + at < keptOfAnswerMax) keep(`${orgId} ${id}`, name);
        if (name !== undefined) names.set(id, name);
      }
    }
  }

  return {
    async find(orgId, ids) {
      const names = new Map<string, string>();
      const unknown: string[] = [];
      for (const id of new Set(ids)) {
        const known = kept.get(`${orgId} ${id}`);
        if (known === undefined || known.untilMs <= now()) unknown.push(id);
        else if (known.name !== undefined) names.set(id, known.name);
      }
      if (unknown.length > 0 && now() >= restsUntilMs) {
        const asked = unknown.slice(0, batchesMax * namesAskedMax);
        await withDeadline(ask(orgId, asked, names), waitMs, 'names').catch((error: unknown) => {
          // A large answer may take too long although auth is there.
          if (names.size === 0) restsUntilMs = now() + restMs;
          onError(error);
        });
      }
      return (id) => names.get(id);
    },
  };
}
