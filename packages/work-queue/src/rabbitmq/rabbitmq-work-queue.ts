import type { Job, WorkQueue } from '../port.ts';
import { claimDispatched, type Dispatched, dispatchDue, releaseDispatched } from '../postgres/dispatch.ts';
import { createPostgresWorkQueue, type PostgresWorkQueueOptions } from '../postgres/postgres-work-queue.ts';

interface Taken {
  body: string;
  acknowledge(): void;
  release(): void;
}

/** A queue of a broker, as packages/messaging makes it. */
export interface TaskQueue {
  send(bodies: readonly string[]): Promise<void>;
  take(): Promise<Taken | null>;
}

/** Deliveries that one claim looks at: repeats, and jobs of tenants that are left out. */
const deliveriesMax = 1000;

/**
 * A queue of jobs that PostgreSQL stores in the transaction of the change that needs them. A broker gives them to
 * workers. Jobs that are due are sent to the broker with a confirmation; a worker that takes one claims its row. A
 * delivery is only a hint: one that is lost is sent again after a lease, and a second one finds the row taken. While
 * the broker is away, jobs wait.
 */
export function createRabbitMqWorkQueue(options: PostgresWorkQueueOptions, tasks: TaskQueue): WorkQueue {
  const store = createPostgresWorkQueue(options);

  async function sendDue(now: Date, excluded: readonly string[]): Promise<number> {
    const due = await dispatchDue(options, now, excluded);
    if (due.length > 0) await tasks.send(due.map((one) => JSON.stringify(one)));
    return due.length;
  }

  async function open(now: Date, taken: Taken, excluded: readonly string[]): Promise<Job | null> {
    try {
      const one = readDelivery(taken.body);
      const isExcluded = excluded.includes(one.tenant);
      if (isExcluded) await releaseDispatched(options, now, one);
      const job = isExcluded ? null : await claimDispatched(options, now, one);
      // The row has a lease now: a worker that dies loses it to another, without the broker.
      taken.acknowledge();
      return job;
    } catch (error) {
      taken.release();
      throw error;
    }
  }

  return {
    enqueue: (connection, now, job) => store.enqueue(connection, now, job),
    settle: (now, job, result) => store.settle(now, job, result),
    readDepth: () => store.readDepth(),
    listDead: (page) => store.listDead(page),
    replayDead: (now, id) => store.replayDead(now, id),
    dropDead: (id) => store.dropDead(id),
    sweep: (before) => store.sweep(before),
    async claim(now, excluded = []) {
      for (let delivery = 0; delivery < deliveriesMax; delivery += 1) {
        const taken = await tasks.take();
        if (taken === null) {
          if ((await sendDue(now, excluded)) === 0) return null;
          continue;
        }
        const job = await open(now, taken, excluded);
        if (job !== null) return job;
      }
      return null;
    },
  };
}

function readDelivery(body: string): Dispatched {
  const { id, tenant, attempts } = JSON.parse(body);
  return { id: String(id), tenant: String(tenant), attempts: Number(attempts) };
}
