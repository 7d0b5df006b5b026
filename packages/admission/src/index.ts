export { createAdmissionStore } from './create-admission-store.ts';
export { type LimitSubjects, levelPrefix, nameLimit, toLimitSubjects } from './limit-subjects.ts';
export { LocalRates } from './memory/local-rates.ts';
export { createMemoryAdmissionStore, type MemoryAdmissionOptions } from './memory/memory-store.ts';
export type {
  AdmissionStore,
  AdmitAnswer,
  AdmitRequest,
  BudgetGrant,
  BudgetLimit,
  BudgetRoom,
  BudgetRooms,
  HoldRaise,
  HoldSettlement,
  RaiseAnswer,
  RateLimit,
  RateVerdict,
  TakenRates,
} from './port.ts';
export { createRedisAdmissionStore, type RedisAdmissionOptions } from './redis/redis-store.ts';
export type { LedgerHolds } from './sheltered/ledger-holds.ts';
export { createShelteredRates, type ShelteredRates } from './sheltered/sheltered-rates.ts';
export { createShelteredAdmissionStore, type ShelteredAdmissionOptions } from './sheltered/sheltered-store.ts';
export {
  createSlicedAdmissionStore,
  type SlicedAdmissionOptions,
  type SlicedAdmissionStore,
} from './slices/sliced-store.ts';
