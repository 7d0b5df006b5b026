export { decide } from './decide.ts';
export type {
  AttemptHistory,
  AttemptTicket,
  Decision,
  Failure,
  FailureKind,
  RetryPolicy,
  TargetKey,
  TargetMeasures,
  TargetMemory,
  TargetStanding,
} from './port.ts';
export { toProviderName, toTargetKey } from './target-key.ts';
export { createTargetMemory, type TargetMemoryOptions } from './target-memory.ts';
