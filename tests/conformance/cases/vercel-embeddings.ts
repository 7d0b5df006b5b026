import { expect } from '@jest/globals';
import { embed, embedMany } from 'ai';
import type { MatrixCase, MatrixRows } from '../matrix-case.ts';
import { readVercelRefusal, vercelEmbeddingModels } from './vercel-models.ts';

const values = ['One', 'Two', 'Three'];

function toCases(surface: keyof typeof vercelEmbeddingModels): readonly MatrixCase[] {
  const toModel = vercelEmbeddingModels[surface];
  return [
    {
      title: 'embeds one text and many',
      needs: 'embeddings',
      async run(user) {
        const model = toModel(user);
        const one = await embed({ model, value: 'Two', maxRetries: 0 });
        const many = await embedMany({ model, values, maxRetries: 0 });

        expect(many.embeddings).toHaveLength(3);
        expect(many.embeddings[1]).toEqual(one.embedding);
        expect(many.usage.tokens).toBeGreaterThan(one.usage.tokens);
        await user.expectPaid();
      },
    },
  ];
}

export const vercelEmbeddingsRows: readonly MatrixRows[] = (
  ['openai embeddings', 'openai-compatible embeddings'] as const
).map((surface) => ({ ...{ sdk: 'ai', surface, cases: toCases(surface) }, readRefusal: readVercelRefusal }));
