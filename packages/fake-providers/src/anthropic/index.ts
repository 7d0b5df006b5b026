export { createFakeAnthropic, type FakeAnthropic, type FakeAnthropicOptions } from './fake-anthropic.ts';
export type { FakeLedger as FakeAnthropicLedger, FakeRecord as FakeAnthropicRecord } from './ledger.ts';
