import type { ProviderType } from '@aggregator/contracts';

/** Address of each type of provider, and the version path of its addresses. Null: the type has no default address. */
const vendors: Readonly<Record<ProviderType, { readonly url: string | null; readonly versionPath: string }>> = {
  OpenAI: { url: 'https://api.openai.com/v1', versionPath: '/v1' },
  Anthropic: { url: 'https://api.anthropic.com/v1', versionPath: '/v1' },
  Gemini: { url: 'https://generativelanguage.googleapis.com/v1beta', versionPath: '/v1beta' },
  Cohere: { url: 'https://api.cohere.com/v2', versionPath: '/v2' },
  OpenRouter: { url: 'https://openrouter.ai/api/v1', versionPath: '/api/v1' },
  Yandex: { url: 'https://llm.api.cloud.yandex.net/v1', versionPath: '/v1' },
  OpenAICompatible: { url: null, versionPath: '/v1' },
  Mock: { url: null, versionPath: '/v1' },
};

export function defaultBaseUrl(type: ProviderType): string | null {
  return vendors[type].url;
}

/** With the version path added if it was left out, and without a trailing slash. Another path stays as it is. */
export function toVersionedBaseUrl(url: URL, type: ProviderType): string {
  const { versionPath } = vendors[type];
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (versionPath.startsWith(`${path}/`) ? versionPath : path);
}
