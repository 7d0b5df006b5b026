import type { RequestListener } from 'node:http';
import {
  createFakeAnthropic,
  createFakeCohere,
  createFakeGemini,
  createFakeOpenAi,
  createFakeOpenRouter,
  createFakeYandex,
} from '@aggregator/fake-providers';
import { createMockProvider } from '@aggregator/mock-provider';
import type { Fault } from './fault-word.ts';
import type { ProviderName } from './provider-name.ts';

/** A provider as the matrix uses it: its models, and its configuration in the product. */
export interface ProviderUnderTest {
  readonly models: ProviderModels;
  /** What stands in a request that gives a signed thought back; null: its thoughts have no signatures, and may be hidden. */
  readonly thoughtGivenBack: RegExp | null;
  /** Shows its thoughts only to a client that asks to see them. */
  readonly hidesThoughts?: boolean;
  /** What becomes of marks of the prompt cache: its usage counts what was written, it takes them, or has no place for them. */
  readonly cacheMarks: 'counted' | 'taken' | 'dropped';
  /** Repeats the system's words and counts pictures; the mock provider only repeats what the user said. */
  readonly isAttentive: boolean;
  /** Its own words that make the fake fail. */
  readonly faultWords?: Readonly<Partial<Record<Fault, string>>>;
  environment(url: string): Record<string, string>;
  /** A fake that speaks as the vendor does. `fault` names the fault that it shows. */
  create(fault: () => Fault | null): FakeProvider;
}

export interface FakeProvider {
  readonly listener: RequestListener;
  /** The last body that it took, parsed; undefined where it keeps none. */
  lastRequest(): unknown;
}

/** By what they are asked for; null: it has none with a price, and the chat model is asked in vain. */
export interface ProviderModels {
  readonly chat: string;
  readonly reasoning: string | null;
  readonly embeddings: string | null;
  readonly images: string | null;
}

const folder = 'b1gfakefolder';
const tokenPrices = { input: '0.5', output: '1.5' };

export const providers: Readonly<Record<ProviderName, ProviderUnderTest>> = {
  openai: {
    models: {
      chat: 'gpt-4o-mini',
      reasoning: 'gpt-5.6-sol',
      embeddings: 'text-embedding-3-small',
      images: 'gpt-image-2',
    },
    thoughtGivenBack: /"encrypted_content":"/,
    hidesThoughts: true,
    cacheMarks: 'dropped',
    isAttentive: true,
    environment: (url) => ({ OPENAI_API_KEY: 'sk-fake-openai', OPENAI_BASE_URL: url }),
    create: () => fromLedger(createFakeOpenAi()),
  },
  anthropic: {
    models: { chat: 'claude-haiku-4-5', reasoning: 'claude-sonnet-4-6', embeddings: null, images: null },
    thoughtGivenBack: /"signature":"/,
    cacheMarks: 'counted',
    isAttentive: true,
    environment: (url) => ({ ANTHROPIC_API_KEY: 'sk-ant-fake', ANTHROPIC_BASE_URL: url }),
    create: () => fromLedger(createFakeAnthropic()),
  },
  google: {
    models: {
      chat: 'gemini-2.5-flash',
      reasoning: 'gemini-3-flash-preview',
      embeddings: 'gemini-embedding-001',
      images: 'gemini-2.5-flash-image',
    },
    thoughtGivenBack: /"thoughtSignature":"/,
    cacheMarks: 'dropped',
    isAttentive: true,
    faultWords: { policy: '#block' },
    environment: (url) => ({ GOOGLE_API_KEY: 'AIza-fake', GOOGLE_BASE_URL: url }),
    create: () => fromLedger(createFakeGemini()),
  },
  cohere: {
    models: { chat: 'command-a-03-2025', reasoning: null, embeddings: 'embed-v4.0', images: null },
    thoughtGivenBack: null,
    cacheMarks: 'dropped',
    isAttentive: true,
    environment: (url) => ({ COHERE_API_KEY: 'co-fake', COHERE_BASE_URL: url }),
    create: () => fromLedger(createFakeCohere()),
  },
  openrouter: {
    models: {
      chat: 'openai/gpt-4o-mini',
      reasoning: 'anthropic/claude-sonnet-4.6',
      embeddings: null,
      images: null,
    },
    thoughtGivenBack: /"signature":"/,
    cacheMarks: 'taken',
    isAttentive: true,
    environment: (url) => ({ OPENROUTER_API_KEY: 'sk-or-v1-fake', OPENROUTER_BASE_URL: url }),
    create: () => fromLedger(createFakeOpenRouter()),
  },
  yandex: {
    models: {
      chat: 'yandexgpt/latest',
      reasoning: 'gpt-oss-120b/latest',
      embeddings: 'text-search-doc/latest',
      images: null,
    },
    thoughtGivenBack: null,
    cacheMarks: 'dropped',
    isAttentive: true,
    environment: (url) => ({
      YANDEX_API_KEY: 'AQVN-fake',
      YANDEX_FOLDER_ID: folder,
      YANDEX_BASE_URL: url,
      YANDEX_PRICES: JSON.stringify({
        'yandexgpt/latest': tokenPrices,
        'gpt-oss-120b/latest': tokenPrices,
        'text-search-doc/latest': { input: '0.1' },
      }),
    }),
    create: () => fromLedger(createFakeYandex({ folder })),
  },
  custom: {
    models: { chat: 'gpt-4o-mini', reasoning: 'gpt-5-mini', embeddings: 'text-embedding-3-small', images: null },
    thoughtGivenBack: null,
    cacheMarks: 'dropped',
    isAttentive: true,
    environment: (url) => ({
      CUSTOM_BASE_URL: url,
      CUSTOM_API_KEY: 'sk-fake-custom',
      CUSTOM_MODELS: 'gpt-4o-mini,gpt-5-mini,text-embedding-3-small',
      CUSTOM_PRICES: JSON.stringify({
        'gpt-4o-mini': tokenPrices,
        'gpt-5-mini': tokenPrices,
        'text-embedding-3-small': { input: '0.1' },
      }),
    }),
    create: () => fromLedger(createFakeOpenAi({ credential: 'sk-fake-custom' })),
  },
  mock: {
    models: { chat: 'mock-small', reasoning: null, embeddings: 'mock-embedding', images: null },
    thoughtGivenBack: null,
    cacheMarks: 'dropped',
    isAttentive: false,
    environment: (url) => ({ MOCK_PROVIDER: 'true', MOCK_BASE_URL: url }),
    create: createMock,
  },
};

function fromLedger(fake: {
  listener: RequestListener;
  ledger: { readonly records: readonly { readonly request: unknown }[] };
}): FakeProvider {
  return { listener: fake.listener, lastRequest: () => fake.ledger.records.at(-1)?.request };
}

/** The mock provider reads no words in prompts; its faults are set in its script. */
function createMock(fault: () => Fault | null): FakeProvider {
  const mock = createMockProvider({
    faults() {
      const wanted = fault();
      return wanted === null ? null : { kind: 'status', ...mockFaults[wanted] };
    },
  });
  return {
    listener: (request, response) =>
      mock.handleRequest(request, response, (request.url ?? '/').replace(/^\/v1(?=\/)/, '')),
    lastRequest: () => undefined,
  };
}

const mockFaults: Readonly<Record<Fault, { status: number; code?: string; retryAfterSeconds?: number }>> = {
  'rate-limit': { status: 429, retryAfterSeconds: 1 },
  'server-error': { status: 500 },
  'too-long': { status: 400, code: 'context_length_exceeded' },
  policy: { status: 400, code: 'content_policy_violation' },
  credential: { status: 401 },
};
