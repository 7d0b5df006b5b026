import { AppError, type ChatField, chatCompletionRequest, chatFields } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { ProviderAdapter, ProviderTarget } from '../provider-adapter.ts';
import { fieldSamples } from './field-samples.ts';

const target: ProviderTarget = {
  baseUrl: 'https://provider.example/v1',
  credential: 'secret-credential',
  model: 'model-of-the-provider',
  maxOutputTokens: 64_000,
  attemptId: '0198c0de-0000-7000-8000-000000000001/1',
  options: { folder: 'folder-of-the-account' },
};

/** The table of fields says what is so: each is mapped, dropped and named, or refused, and nothing else becomes of it. */
export function describeFields(adapter: ProviderAdapter): void {
  const { fields } = adapter.chat;
  const translate = (body: unknown) => adapter.chat.toRequest(chatCompletionRequest.parse(body), target);

  describe(`${adapter.type}: the table of fields`, () => {
    it('has every documented field', () => {
      expect(Object.keys(fields).sort()).toEqual([...chatFields].sort());
    });

    it.each(chatFields.map((field) => [field, fields[field]] as const))('is true of %s, which is %s', (field, fate) => {
      const { base, sample } = fieldSamples[field];
      if (fate === 'refused') {
        expect(() => translate(sample)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
        expect(() => translate(sample)).toThrow(AppError);
        return;
      }
      const { droppedParams, endpoint, body } = translate(sample);
      const without = translate(base);
      const isSame = body === without.body && JSON.stringify(endpoint) === JSON.stringify(without.endpoint);
      expect({ isNamed: isNamed(droppedParams, field), isSame }).toEqual({
        isNamed: fate === 'dropped',
        isSame: fate === 'dropped' || unchanging.has(field) || (answeredByUs.has(field) && isSame),
      });
    });
  });
}

/** Fields without which there is no request. */
const unchanging: ReadonlySet<ChatField> = new Set(['messages', 'model']);

/** Fields that can be kept without a word to the provider: the usage chunk is the translator's. */
const answeredByUs: ReadonlySet<ChatField> = new Set(['stream_options']);

function isNamed(droppedParams: readonly string[], field: ChatField): boolean {
  return droppedParams.includes(field);
}
