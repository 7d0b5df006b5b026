import type { AuthContext } from '../auth-context.ts';
import { JobFailures } from './job-failures.ts';
import { workOnChunk } from './work-on-chunk.ts';

const idleMs = 5000;

export interface BulkWorker {
  /** A job was created: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

/** Works on lists of people, one chunk after another, until stopped. Every process of auth does; a chunk is one process's. */
export function startWorking(
  { database, events, now }: Pick<AuthContext, 'database' | 'events' | 'now'>,
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
      const end = await workOnChunk(database, now(), failures).catch((error: unknown) => {
        onError(error);
        return null;
      });
      if (isStopped) return;
      if (end === null) await pause();
      else if (end.userIds.length > 0) {
        const { organizationId, requestId } = end.job;
        const fact = { requestId: requestId ?? undefined, organizationId, userIds: end.userIds };
        await events.membersChanged({ ...fact, change: 'role_changed' });
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
