import type { AuthContext } from '../auth-context.ts';
import { JobFailures } from './job-failures.ts';
import { type ChunkParts, workOnChunk } from './work-on-chunk.ts';

const idleMs = 5000;

export interface BulkWorker {
  /** A job was created: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

/** Works on lists of people, one chunk after another, until stopped. Every process of auth does; a chunk is one process's. */
export function startWorking(
  { events, now, ...parts }: Pick<AuthContext, 'events' | 'now'> & ChunkParts,
  onError: (error: unknown) => void,
): BulkWorker {
  const failures = new JobFailures();
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let wakeUp: () => void = () => undefined;

  const pause = () =>
    new Promise<void>((resolve) => {
      wakeUp = resolve;
      timer = setTimeout(resolve, idleMs);
      timer.unref();
    });

  const run = async () => {
    while (!isStopped) {
      const end = await workOnChunk(parts, now(), failures).catch((error: unknown) => {
        onError(error);
        return null;
      });
      if (isStopped) return;
      if (end === null) await pause();
      else {
        const { organizationId, requestId } = end.job;
        const fact = { requestId: requestId ?? undefined, organizationId };
        if (end.userIds.length > 0) {
          await events.membersChanged({ ...fact, userIds: end.userIds, change: 'role_changed' });
        }
        if (end.hasBudgets) await events.organizationUpdated(fact);
      }
      clearTimeout(timer);
    }
  };
  const running = run();
  return {
    wake: () => wakeUp(),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      wakeUp();
      await running;
    },
  };
}
