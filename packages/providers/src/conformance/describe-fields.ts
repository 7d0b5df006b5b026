import {
  AppError,
  chatCompletionRequest,
  chatFields,
  embeddingsFields,
  embeddingsRequest,
  imagesFields,
  imagesRequest,
} from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { FieldFate, ProviderAdapter, ProviderTarget, TranslatedRequest } from '../provider-adapter.ts';
import { chatSamples, embeddingsSamples, type FieldSample, imagesSamples } from './field-samples.ts';

const target: ProviderTarget = {
  baseUrl: 'https://provider.example/v1',
  credential: 'secret-credential',
  model: 'model-of-the-provider',
  maxOutputTokens: 64_000,
  attemptId: '0198c0de-0000-7000-8000-000000000001/1',
  options: { folder: 'folder-of-the-account' },
};

interface FieldTable<Field extends string> {
  readonly documented: readonly Field[];
  readonly fates: Readonly<Record<Field, FieldFate>>;
  readonly samples: Readonly<Record<Field, FieldSample>>;
  readonly translate: (body: unknown) => TranslatedRequest;
  /** Fields without which there is no request. */
  readonly unchanging: readonly Field[];
  /** Fields that can be kept without a word to the provider, because the translation of the answer does what they ask. */
  readonly answeredByUs: readonly Field[];
}

/** The tables of fields say what is so: each is mapped, dropped and named, or refused, and nothing else becomes of it. */
export function describeFields({ type, chat, embeddings, images }: ProviderAdapter): void {
  describeTable(`${type}: the table of fields`, {
    documented: chatFields,
    fates: chat.fields,
    samples: chatSamples,
    translate: (body) => chat.toRequest(chatCompletionRequest.parse(body), target),
    unchanging: ['messages', 'model'],
    // The usage chunk is the translator's.
    answeredByUs: ['stream_options'],
  });
  if (embeddings !== null) {
    describeTable(`${type}: the table of fields of embeddings`, {
      documented: embeddingsFields,
      fates: embeddings.fields,
      samples: embeddingsSamples,
      translate: (body) => embeddings.toRequest(embeddingsRequest.parse(body), target),
      unchanging: ['model'],
      // A vector is put into the encoding that is asked for, whichever comes.
      answeredByUs: ['encoding_format'],
    });
  }
  if (images !== null) {
    describeTable(`${type}: the table of fields of images`, {
      documented: imagesFields,
      fates: images.fields,
      samples: imagesSamples,
      translate: (body) => images.toRequest(imagesRequest.parse(body), target),
      unchanging: ['model', 'prompt'],
      // Base64 is what most models answer anyhow, and some refuse to be asked for.
      answeredByUs: ['response_format'],
    });
  }
}

function describeTable<Field extends string>(
  name: string,
  { documented, fates, samples, translate, unchanging, answeredByUs }: FieldTable<Field>,
): void {
  describe(name, () => {
    it('has every documented field', () => {
      expect(Object.keys(fates)).toEqual(expect.arrayContaining([...documented]));
    });

    it.each(documented.map((field) => [field, fates[field]] as const))('is true of %s, which is %s', (field, fate) => {
      const { base, sample } = samples[field];
      if (fate === 'refused') {
        expect(() => translate(sample)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
        expect(() => translate(sample)).toThrow(AppError);
        return;
      }
      const { droppedParams, endpoint, body } = translate(sample);
      const without = translate(base);
      const isSame = body === without.body && JSON.stringify(endpoint) === JSON.stringify(without.endpoint);
      expect({ isNamed: droppedParams.includes(field), isSame }).toEqual({
        isNamed: fate === 'dropped',
        isSame: fate === 'dropped' || unchanging.includes(field) || (answeredByUs.includes(field) && isSame),
      });
    });
  });
}
