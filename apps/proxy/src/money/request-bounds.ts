import type { PictureClass, SnapshotModel } from '@aggregator/contracts';
import type { HostedTools } from '@aggregator/providers';

/** What a request can use at one model, known before it is sent. Tokens. */
export interface RequestBounds {
  readonly inputTokensMax: number;
  readonly outputTokensMax: number;
  /** Pictures; absent: none. */
  readonly imagesMax?: number;
  /** The class of those pictures, which may have a separate price. */
  readonly pictureClass?: PictureClass | null;
  /** True if the model chooses their size or quality, so that the answer says their class. Absent for no. */
  readonly isPictureOpen?: boolean;
  /** What the provider's own tools can use beside the tokens of the model; absent: nothing. */
  readonly toolsMax?: HostedTools['unitsMax'];
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
 * it bounds the hold before anything is sent, and each attempt by the bodies that it sends. `tools`: what the
 * bodies allow the provider's own tools.
 */
export type BoundRequest = (
  bodies: readonly string[],
  model: SnapshotModel,
  tools?: HostedTools | null,
) => RequestBounds;
