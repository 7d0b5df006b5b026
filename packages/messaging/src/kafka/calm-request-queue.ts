import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;

/**
 * Makes the library look for waiting requests only while requests wait. kafkajs 2.2.4 sets the next timer with a negative delay
 * after every look, also if none waits, so that each connection wakes its process about 1,000 times a second for ever.
 */
export function calmRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = scheduleIfPending;
}

function scheduleIfPending(this: RequestQueue): void {
  // A request that is added later to a full or throttled connection sets the timer itself.
  if (this.pending.length > 0) schedule.call(this);
}
