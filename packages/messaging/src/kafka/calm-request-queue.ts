import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;

/** How often a connection looks for requests without an answer: far below their deadline, which is seconds. */
const timeoutCheckMs = 1_000;

/**
 * Removes two causes of wake-ups of an idle process. kafkajs 2.2.4 looks ten times a second, on each connection, for requests
 * whose answer is late: now once a second. It also looks for waiting requests only while requests wait. kafkajs 2.2.4 sets the next timer with a negative delay
 * after every look, also if none waits, so that each connection wakes its process about 1,000 times a second for ever.
 */
export function calmRequestQueue(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = scheduleIfPending;
  RequestQueue.prototype.scheduleRequestTimeoutCheck = checkTimeouts;
}

function scheduleIfPending(this: RequestQueue): void {
  // A request that is added later to a full or throttled connection sets the timer itself.
  if (this.pending.length > 0) schedule.call(this);
}

function checkTimeouts(this: RequestQueue): void {
  if (!this.enforceRequestTimeout) return;
  this.destroy();
  this.requestTimeoutIntervalId = setInterval(
    () => {
      for (const request of [...this.inflight.values()]) {
        if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    },
    Math.min(this.requestTimeout, timeoutCheckMs),
  );
}
