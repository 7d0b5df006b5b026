import { expect } from '@jest/globals';
import type OpenAI from 'openai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import type { User } from '../user.ts';
import { createOpenAi } from './openai-client.ts';
import { readOpenAiRefusal } from './read-openai-refusal.ts';

const completions: readonly MatrixCase[] = [
  {
    title: 'completes a text',
    async run(user) {
      const completion = await createOpenAi(user).completions.create({ model: user.model(), prompt: 'Hello' });

      expect(completion).toMatchObject({
        object: 'text_completion',
        choices: [{ text: expect.stringMatching(/^You said: Hello/), finish_reason: 'stop' }],
        usage: { prompt_tokens: expect.any(Number) },
      });
      await user.expectPaid();
    },
  },
  {
    title: 'streams the same text',
    async run(user) {
      const body = { model: user.model(), prompt: 'Hello #words=5', max_tokens: 100 };
      const plain = await createOpenAi(user).completions.create(body);
      const stream = await createOpenAi(user).completions.create({ ...body, stream: true });
      const choices = (await Array.fromAsync(stream)).flatMap((chunk) => chunk.choices);

      expect(choices.map(({ text }) => text).join('')).toBe(plain.choices[0]?.text);
      // Null until the last, though the SDK's type says otherwise.
      const reasons: unknown[] = choices.map(({ finish_reason: reason }) => reason);
      expect(reasons.filter((reason) => reason !== null)).toEqual(['stop']);
      await user.expectPaid();
    },
  },
];

const texts = ['One', 'Two', 'Three'];

async function embed(user: User, fields: Partial<OpenAI.EmbeddingCreateParams> = {}) {
  const body = { model: user.model('embeddings'), input: texts, ...fields };
  const answer = await createOpenAi(user).embeddings.create(body);
  expect(answer.usage.prompt_tokens).toBeGreaterThan(0);
  await user.expectPaid();
  return answer.data.map(({ index, embedding }) => ({ index, embedding }));
}

const embeddings: readonly MatrixCase[] = [
  {
    title: 'embeds one text',
    needs: 'embeddings',
    async run(user) {
      const [only, ...others] = await embed(user, { input: 'One' });

      expect(others).toEqual([]);
      expect(Math.hypot(...(only?.embedding ?? []))).toBeCloseTo(1, 3);
    },
  },
  {
    title: 'embeds three texts, each in its place',
    needs: 'embeddings',
    async run(user) {
      const many = await embed(user);

      expect(many.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(many[2]).toEqual({ ...(await embed(user, { input: 'Three' }))[0], index: 2 });
      expect(many[0]?.embedding).not.toEqual(many[1]?.embedding);
    },
  },
  {
    title: "gives the floats that the SDK's base64 stands for",
    needs: 'embeddings',
    async run(user) {
      const [packed] = await embed(user);
      const [plain] = await embed(user, { encoding_format: 'float' });

      expect(packed?.embedding).toHaveLength(plain?.embedding.length ?? 0);
      for (const [at, value] of (packed?.embedding ?? []).entries()) {
        expect(Math.abs(value - (plain?.embedding[at] ?? Number.NaN))).toBeLessThan(1e-6);
      }
    },
  },
  {
    title: 'embeds in as many dimensions as are asked for',
    needs: 'dimensions',
    asks: 'dimensions',
    async run(user) {
      const [first] = await embed(user, { dimensions: 256 });

      expect(first?.embedding).toHaveLength(256);
    },
  },
];

const images: readonly MatrixCase[] = [
  {
    title: 'draws an image',
    needs: 'images',
    async run(user) {
      const answer = await createOpenAi(user).images.generate({ model: user.model('images'), prompt: 'A cat' });

      expect(answer.data).toHaveLength(1);
      expect(Buffer.from(answer.data?.[0]?.b64_json ?? '', 'base64').length).toBeGreaterThan(0);
      await user.expectPaid();
    },
  },
];

const models: readonly MatrixCase[] = [
  {
    title: 'lists its models with their prices, and shows each',
    async run(user) {
      const client = createOpenAi(user);
      const listed = await Array.fromAsync(client.models.list());
      const shown = await client.models.retrieve(user.model());

      expect(listed.filter((model) => 'provider' in model && model.provider === user.provider)).toContainEqual(
        expect.objectContaining({
          object: 'model',
          pricing: expect.objectContaining({ prompt: expect.stringMatching(/^0\.\d+$/) }),
        }),
      );
      expect(shown).toMatchObject({ object: 'model', provider: user.provider });
    },
  },
];

const toRows = (surface: string, cases: readonly MatrixCase[]): MatrixRows => ({
  ...{ sdk: 'openai', surface, cases },
  readRefusal: readOpenAiRefusal,
});

export const openAiOtherRows: readonly MatrixRows[] = [
  toRows('completions', completions),
  toRows('embeddings', embeddings),
  toRows('images', images),
  toRows('models', models),
];
