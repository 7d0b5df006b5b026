import { createPostgresWorkQueue, type SqlConnection, type WorkQueue } from '@aggregator/work-queue';
import type { OpenWorkQueue } from '../jobs/work-queues.ts';

export const endpointsMax = 10;
export const attemptsMax = 8;
/** Of one request to an endpoint, from the connection to the end of what is read. */
export const deadlineMs = 10_000;

const leaseMs = 60_000;
const minuteMs = 60_000;

/** Events that happened, to be given to the endpoints that want them. The key of a job is the id of the event. */
export function createEventJobs(connection: SqlConnection, open: OpenWorkQueue = createPostgresWorkQueue): WorkQueue {
  return open({
    ...{ connection, queue: 'webhook_event', leaseMs, attemptsMax: 20 },
    backOff: { firstMs: 1000, longestMs: 10 * minuteMs },
    ...{ waitingPerTenantMax: 10_000, waitingMax: 200_000 },
  });
}

/** Deliveries that wait. The body of a job is the id of the delivery; its pauses add up to 23 hours. */
export function createDeliveryJobs(
  connection: SqlConnection,
  open: OpenWorkQueue = createPostgresWorkQueue,
): WorkQueue {
  return open({
    ...{ connection, queue: 'webhook', leaseMs, attemptsMax },
    backOff: { firstMs: 1.25 * minuteMs, longestMs: 24 * 60 * minuteMs, factor: 3 },
    ...{ waitingPerTenantMax: 5000, waitingMax: 200_000 },
  });
}
