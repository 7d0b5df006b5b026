import type { SnapshotModel } from '@aggregator/contracts';

/** What a request can use at one model, known before it is sent. Tokens. */
export interface RequestBounds {
  readonly inputTokensMax: number;
  readonly outputTokensMax: number;
  /** Pictures; absent: none. */
  readonly imagesMax?: number;
  /** Calls of the provider's own tools that are charged by the call; absent: none. */
  readonly toolCallsMax?: number;
  /** What those pictures are worth in tokens if no usage comes; for a charge by estimate. */
  readonly outputTokensEstimate?: number;
  /** What the input is worth if no usage comes; for a charge by estimate. */
  readonly inputTokensEstimate: number;
  /** What it probably takes of a limit of tokens; corrected at the end. */
  readonly tokensLikely: number;
  /** Calls that the provider may charge as such. */
  readonly requests: number;
  /** True if the caller set no limit to the output, so that the model alone bounds it. Absent for no. */
  readonly isOutputOpen?: boolean;
}

/**
 * Returns the bounds of a request whose calls have these bodies, at this model. Every kind of request has one such function:
 * it bounds the hold before anything is sent, and each attempt by the bodies that it sends. `toolCallsMax`: calls of the
 * provider's own tools that the bodies allow.
 */
export type BoundRequest = (bodies: readonly string[], model: SnapshotModel, toolCallsMax?: number) => RequestBounds;
