import type { ChatCompletionRequest, Operation, ProviderPreferences } from '@aggregator/contracts';
import type { TargetKey, TargetMeasures, TargetStanding } from '@aggregator/resilience';
import type { Candidate } from './candidate.ts';

/** What of a request decides who may serve it. */
export interface RouteRequest {
  /** As the client said it: `<provider>/<model>`, a bare model name, or a route. */
  readonly model: string;
  /** Names to try after it, in order. */
  readonly fallbacks: readonly string[];
  readonly operation: Operation;
  /** Whose prices count. */
  readonly organizationId: string;
  /** What the key may use: names as above, a candidate's bare or full name; null means all. */
  readonly principalModels: readonly string[] | null;
  readonly preferences: ProviderPreferences | null;
  /** For `require_parameters`; null for operations that are no chat. */
  readonly chat: ChatCompletionRequest | null;
  /**
   * What binds requests to one target while it is well: the organisation with its session or prompt cache key; null:
   * nothing.
   */
  readonly affinity: string | null;
}

/** What is known of the targets at this moment; asked only where there is more than one. */
export interface TargetView {
  judge(key: TargetKey): TargetStanding;
  measure(key: TargetKey): TargetMeasures | null;
  /** By the orchestrator's own probes. */
  isHealthy(provider: string): boolean;
}

/** A candidate with one of its provider's keys: what an attempt calls. */
export interface Target {
  readonly key: TargetKey;
  readonly candidate: Candidate;
  readonly credentialRef: string;
}

export interface RoutePlan {
  /** In the order to try; at least one, at most 16. Open ones come last, so that there is always a target to ask. */
  readonly targets: readonly Target[];
  readonly resume: 'off' | 'prefill' | 'verified';
  readonly mayFailOverOnPolicy: boolean;
}
