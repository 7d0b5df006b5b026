import { isRecord } from '@aggregator/contracts';
import { unsupported } from '../fields/sort-fields.ts';
import { boundOutput } from '../openai/adjust-fields.ts';
import { createOpenAiDialect } from '../openai/dialect.ts';
import { withRefusalAsText } from '../openai/messages.ts';
import type { ProviderAdapter } from '../provider-adapter.ts';
import { wordsOf } from '../vendor-names/name-rules.ts';
import { openRouterChatFields, openRouterImagesFields } from './capabilities.ts';
import { toOpenAiError } from './errors.ts';
import { openRouterFacts } from './facts.ts';
import { markContent } from './mark-content.ts';

/**
 * OpenRouter, whose models are named `openai/gpt-4o-mini`.
 *
 * - Reasoning is asked for in its own words, which are ours, and comes as `reasoning`; `reasoning_details` come and go as
 *   they are.
 * - Usage comes with every answer, without being asked for; its `cost` is what OpenRouter charges us, and is never what we
 *   charge.
 * - Images are made by `POST /images`, which answers base64 alone. A chat with `modalities` has them among its message.
 * - The list of models is open to all clients: only `GET /key` detects a wrong key.
 *
 * Sources: https://openrouter.ai/docs/api/reference/overview, …/api/reference/limits, …/use-cases/reasoning-tokens,
 * …/guides/overview/multimodal/image-generation (read 2026-11).
 */
export const openRouterAdapter: ProviderAdapter = {
  ...createOpenAiDialect('OpenRouter', openRouterFacts, openRouterChatFields, {
    probePath: '/key',
    isLoose: true,
    toOpenAiError,
    adjustAnswer: withoutCost,
    cutChunk: withoutItsProvider,
    adjustMessage(message) {
      const said = markContent(withRefusalAsText(message));
      if (said.reasoning_content === undefined) return said;
      const { reasoning_content: reasoning, ...rest } = said;
      return { ...rest, reasoning };
    },
    adjustChat(fields, target) {
      boundOutput(fields, 'max_completion_tokens', target);
      // Only there is the highest effort known.
      if (fields.reasoning_effort === 'max') fields.reasoning ??= { effort: 'max' };
      // Two efforts that differ are refused.
      if (isRecord(fields.reasoning)) {
        fields.reasoning = { effort: fields.reasoning_effort, ...fields.reasoning };
        delete fields.reasoning_effort;
      }
    },
    images: {
      fields: openRouterImagesFields,
      path: '/images',
      adjust(fields) {
        if (fields.response_format === 'url') throw unsupported('response_format');
        delete fields.response_format;
      },
    },
  }),
  // Of the strictest vendor behind it.
  names: { toolName: wordsOf(64), callId: wordsOf(64) },
};

/** In the head of a chunk, as OpenRouter writes it. */
const providerField =
  /^(\{(?:"(?:id|object|created|model|system_fingerprint)":(?:"[^"\\]*"|\d+|null),)*)"provider":"[^"\\]*",/;

/** `provider` of an answer is who served us, and that is OpenRouter; whom it asked in turn it says under the same name. */
function withoutItsProvider(chunk: Record<string, unknown>, text: string): string | null {
  if (chunk.provider === undefined) return text;
  delete chunk.provider;
  const cut = text.replace(providerField, '$1');
  return cut === text ? null : cut;
}

/** What OpenRouter charged us stays with us: `cost` of an answer is what we charge. */
function withoutCost({ usage }: Record<string, unknown>): boolean {
  if (typeof usage !== 'object' || usage === null || !('cost' in usage)) return false;
  for (const name of ['cost', 'cost_details', 'is_byok']) Reflect.deleteProperty(usage, name);
  return true;
}
