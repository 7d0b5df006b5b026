export {
  createFakeAnthropic,
  type FakeAnthropic,
  type FakeAnthropicLedger,
  type FakeAnthropicOptions,
  type FakeAnthropicRecord,
} from './anthropic/index.ts';
export { createFakeCohere, type FakeCohere, type FakeCohereOptions } from './cohere/index.ts';
export { type FakeProviderServer, startFakeProvider } from './fake-provider-server.ts';
export {
  createFakeGemini,
  type FakeGemini,
  type FakeGeminiLedger,
  type FakeGeminiOptions,
  type FakeGeminiRecord,
} from './gemini/index.ts';
export { createFakeMoonshot, type FakeMoonshotOptions } from './moonshot/index.ts';
export {
  createFakeOpenAi,
  type FakeOpenAiDialect,
  type FakeOpenAiLedger,
  type FakeOpenAiOptions,
  type FakeOpenAiRecord,
} from './openai/index.ts';
export { createFakeOpenRouter, type FakeOpenRouterOptions } from './openrouter/index.ts';
export type { FakeScript, ScriptedCall, ScriptedRequest, ScriptedRound, ScriptedTurn } from './script.ts';
export {
  createFakeStripe,
  type FakeStripe,
  type FakeStripeEvent,
  type SignedEvent,
  signStripeEvent,
} from './stripe/index.ts';
export { createFakeYandex, type FakeYandexOptions } from './yandex/index.ts';
export { createFakeYookassa, type FakeYookassa, type FakeYookassaPayment } from './yookassa/index.ts';
