export type { Fault, MockAttempt } from './faults.ts';
export type { LedgerRecord, LedgerState, MockLedger } from './ledger.ts';
export { createMockProvider, type MockProvider, type MockProviderOptions } from './mock-provider.ts';
export { type MockProviderServer, startMockProviderServer } from './mock-provider-server.ts';
export { countTokens } from './tokens.ts';
