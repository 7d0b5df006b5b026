export { createFakeGemini, type FakeGemini, type FakeGeminiOptions } from './fake-gemini.ts';
export type { FakeLedger as FakeGeminiLedger, FakeRecord as FakeGeminiRecord } from './ledger.ts';
