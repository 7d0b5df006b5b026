export { chooseFailure } from './choose-failure.ts';
export { decide } from './decide.ts';
export { ExpiringMarks } from './expiring-marks.ts';
export { type BackOff, jitteredPauseAfter, pauseAfter } from './pause-after.ts';
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
export { toModelName, toProviderName, toTargetKey } from './target-key.ts';
export { createTargetMemory, type TargetMemoryOptions } from './target-memory.ts';
