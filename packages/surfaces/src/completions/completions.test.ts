import { type CompletionsField, completionsFields } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeFates, type FateSample } from '../testing/describe-fates.ts';
import { SdkTypes } from '../testing/sdk-types.ts';
import { completionsFates } from './fields.ts';
import { completionsSurface } from './index.ts';

const plain = { model: 'm', prompt: 'Once' };

const values: Readonly<Partial<Record<CompletionsField, unknown>>> = {
  best_of: 2,
  echo: true,
  frequency_penalty: 0.5,
  logit_bias: { '50256': -100 },
  logprobs: 2,
  max_tokens: 7,
  model: 'another',
  n: 2,
  presence_penalty: 0.5,
  prompt: 'Twice',
  seed: 7,
  stop: ['END'],
  stream: true,
  stream_options: { include_usage: true },
  suffix: 'the end',
  temperature: 0.3,
  top_p: 0.9,
  user: 'u-1',
};
const prompts: Readonly<Record<string, unknown>> = { 'prompt.batch': ['Once', 'Twice'], 'prompt.tokens': [1, 2, 3] };

function sampleOf(field: CompletionsField): FateSample {
  if (Object.hasOwn(prompts, field)) return { base: plain, sample: { ...plain, prompt: prompts[field] } };
  return { base: plain, sample: { ...plain, [field]: values[field] } };
}

describeFates(completionsSurface, completionsFields, completionsFates, sampleOf);

describe('a completions request', () => {
  it('is judged in every field that the SDK has', () => {
    const types = new SdkTypes('openai/resources/completions');

    expect(
      types.fieldsOf('CompletionCreateParamsBase').filter((name) => !completionsFields.some((it) => it === name)),
    ).toEqual([]);
  });

  it('becomes what one user says', () => {
    const { chat, droppedParams } = completionsSurface.toChat({ ...plain, prompt: ['Once'], best_of: 1, odd: 1 });

    expect(chat).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Once' }], odd: 1 });
    expect(droppedParams).toEqual(['odd']);
  });

  it('takes best_of where it asks for no more answers than n', () => {
    expect(completionsSurface.toChat({ ...plain, n: 2, best_of: 2 }).chat).toMatchObject({ n: 2 });
  });
});
