/** The part of the library that its own types leave out and `calm-request-queue.ts` changes. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export interface PushedRequest {
    readonly entry: { readonly correlationId: number };
    readonly expectResponse: boolean;
    sendRequest(): void;
  }

  export default class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number | null;
      readonly requestTimeout: number;
      readonly enforceRequestTimeout: boolean;
      readonly clientId: string;
      readonly broker: string;
      isConnected?(): boolean;
      readonly logger: { debug(message: string): void; warn(message: string): void };
    });
    readonly pending: readonly unknown[];
    readonly inflight: ReadonlyMap<
      number,
      { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void }
    >;
    readonly enforceRequestTimeout: boolean;
    /** Milliseconds. */
    readonly requestTimeout: number;
    requestTimeoutIntervalId: unknown;
    isConnected(): boolean;
    /** Clears the timers. */
    destroy(): void;
    scheduleRequestTimeoutCheck(): void;
    push(request: PushedRequest): void;
    fulfillRequest(response: {
      readonly correlationId: number;
      readonly payload: Buffer | null;
      readonly size: number;
    }): void;
    /** Milliseconds that the broker asks this client to wait. */
    maybeThrottle(ms: number | null): void;
    scheduleCheckPendingRequests(): void;
  }
}
