import { type NamesRequest, namesAnswer, namesAskedMax } from '@aggregator/contracts';
import type { InternalClient } from '../http/internal-client.ts';
import { withDeadline } from '../time/with-deadline.ts';
import { KeptNames } from './kept-names.ts';

/** Names of users, API keys and teams; auth alone has them. */
export interface NameDirectory {
  /** Returns the name of an id; undefined if there is none, or if auth does not answer: the id is shown then. Never throws. */
  find(orgId: string, ids: readonly string[]): Promise<(id: string) => string | undefined>;
}

/** What one answer waits for names, all its batches together. */
const waitMs = 1000;
/** How long auth is not asked for an organisation after it did not answer, so that not every answer waits. */
const restMs = 5000;
const restingMax = 10_000;
const batchesMax = 10;

/**
 * Asks auth in batches. A name is kept for a minute: a changed or erased name is shown for that long at most.
 * @param now milliseconds of a monotonic clock.
 * @param onError is called with each failure of auth.
 */
export function createNameDirectory(
  auth: Pick<InternalClient, 'call'>,
  now: () => number,
  onError: (error: unknown) => void,
): NameDirectory {
  const kept = new KeptNames(now);
  /** Organisations for which auth is not asked until then. */
  const resting = new Map<string, number>();

  const rest = (orgId: string) => {
    resting.delete(orgId);
    const oldest = resting.keys().next();
    if (resting.size >= restingMax && !oldest.done) resting.delete(oldest.value);
    resting.set(orgId, now() + restMs);
  };

  /** Ends at the deadline. */
  async function ask(orgId: string, ids: readonly string[], asked: Asked): Promise<void> {
    const endMs = now() + waitMs;
    for (let start = 0; start < ids.length && (start === 0 || now() < endMs); start += namesAskedMax) {
      const body: NamesRequest = { ids: ids.slice(start, start + namesAskedMax) };
      const path = `/internal/organizations/${orgId}/names`;
      const answer = await auth.call({ method: 'POST', path, body, answer: namesAnswer });
      asked.isAnswered = true;
      for (const id of body.ids) {
        const name = answer.names[id];
        kept.keep(orgId, id, name);
        if (name !== undefined) asked.names.set(id, name);
      }
    }
  }

  return {
    async find(orgId, ids) {
      const asked: Asked = { names: new Map(), isAnswered: false };
      const unknown: string[] = [];
      for (const id of new Set(ids)) {
        const known = kept.find(orgId, id);
        if (known === undefined) unknown.push(id);
        else if (known.name !== undefined) asked.names.set(id, known.name);
      }
      if (unknown.length > 0 && now() >= (resting.get(orgId) ?? 0)) {
        const some = unknown.slice(0, batchesMax * namesAskedMax);
        await withDeadline(ask(orgId, some, asked), waitMs, 'names').catch((error: unknown) => {
          // A large answer may take too long although auth is there.
          if (!asked.isAnswered) rest(orgId);
          onError(error);
        });
      }
      return (id) => asked.names.get(id);
    },
  };
}

interface Asked {
  readonly names: Map<string, string>;
  /** Auth has answered at least once. */
  isAnswered: boolean;
}
