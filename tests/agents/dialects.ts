import type { RequestListener } from 'node:http';
import {
  createFakeAnthropic,
  createFakeGemini,
  createFakeMoonshot,
  createFakeOpenAi,
  createFakeOpenRouter,
  type FakeScript,
} from '@aggregator/fake-providers';

/** A vendor's API as the agents meet it behind the product. */
export interface Dialect {
  readonly name: string;
  /** The name by which a client asks for its model. */
  readonly model: string;
  environment(url: string): Record<string, string>;
  create(script: FakeScript): { readonly listener: RequestListener };
}

export const dialects: readonly Dialect[] = [
  {
    name: 'OpenAI',
    model: 'openai/gpt-6-astra',
    environment: (url) => ({ OPENAI_API_KEY: 'sk-fake-openai', OPENAI_BASE_URL: url }),
    create: (script) => createFakeOpenAi({ script }),
  },
  {
    name: 'Anthropic',
    model: 'anthropic/claude-sonnet-5-5',
    environment: (url) => ({ ANTHROPIC_API_KEY: 'sk-ant-fake', ANTHROPIC_BASE_URL: url }),
    create: (script) => createFakeAnthropic({ script }),
  },
  {
    name: 'Gemini',
    model: 'google/gemini-3.8-flash',
    environment: (url) => ({ GOOGLE_API_KEY: 'AIza-fake', GOOGLE_BASE_URL: url }),
    create: (script) => createFakeGemini({ script }),
  },
  {
    name: 'OpenRouter',
    model: 'openrouter/anthropic/claude-sonnet-4.6',
    environment: (url) => ({ OPENROUTER_API_KEY: 'sk-or-v1-fake', OPENROUTER_BASE_URL: url }),
    create: (script) => createFakeOpenRouter({ script }),
  },
  {
    // A server that wants its thoughts back, as DeepSeek does.
    name: 'Moonshot',
    model: 'custom/kimi-k2.5',
    environment: (url) => ({
      CUSTOM_BASE_URL: url,
      CUSTOM_API_KEY: 'sk-fake-moonshot',
      CUSTOM_PROFILE: 'moonshot',
      CUSTOM_MODELS: 'kimi-k2.5',
      CUSTOM_CONTEXT_LENGTH: '262144',
      CUSTOM_CAPABILITIES: 'tools,vision,reasoning',
      CUSTOM_PRICES: JSON.stringify({ 'kimi-k2.5': { input: '0.6', output: '3' } }),
    }),
    create: (script) => createFakeMoonshot({ script }),
  },
];
