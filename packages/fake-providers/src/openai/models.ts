import { Refusal } from './refusal.ts';

/** A model of the fake as the vendor's pages describe it, written apart from what the adapter believes of it. */
export interface FakeModel {
  readonly id: string;
  readonly operation: 'chat' | 'embeddings' | 'images';
  readonly contextTokens: number;
  /** Most tokens of an answer; of an embedding, its numbers. */
  readonly outputMax: number;
  /** What `reasoning_effort` may be; none of a model that does not reason. One that has `none` reasons only if told to. */
  readonly efforts: readonly string[];
}

const upToHigh = ['low', 'medium', 'high'];

/** Source: https://platform.openai.com/docs/models, https://developers.openai.com/api/docs/guides/reasoning (read 2026-11). */
export const openAiModels: readonly FakeModel[] = [
  { id: 'gpt-4o-mini', operation: 'chat', contextTokens: 128_000, outputMax: 16_384, efforts: [] },
  { id: 'gpt-4.1', operation: 'chat', contextTokens: 1_047_576, outputMax: 32_768, efforts: [] },
  {
    id: 'gpt-5-mini',
    operation: 'chat',
    contextTokens: 400_000,
    outputMax: 128_000,
    efforts: ['minimal', ...upToHigh],
  },
  {
    id: 'gpt-5.2',
    operation: 'chat',
    contextTokens: 400_000,
    outputMax: 128_000,
    efforts: ['none', ...upToHigh, 'xhigh'],
  },
  {
    id: 'gpt-5.6',
    operation: 'chat',
    contextTokens: 1_050_000,
    outputMax: 128_000,
    efforts: ['none', ...upToHigh, 'xhigh', 'max'],
  },
  { id: 'o4-mini', operation: 'chat', contextTokens: 200_000, outputMax: 100_000, efforts: upToHigh },
  { id: 'text-embedding-3-small', operation: 'embeddings', contextTokens: 8192, outputMax: 1536, efforts: [] },
  { id: 'gpt-image-1', operation: 'images', contextTokens: 32_000, outputMax: 6240, efforts: [] },
];

/** @throws {Refusal} 404 */
export function requireModel(models: readonly FakeModel[], id: string, operation: FakeModel['operation']): FakeModel {
  const model = models.find((one) => one.id === id && one.operation === operation);
  if (model !== undefined) return model;
  const message = `The model \`${id}\` does not exist or you do not have access to it.`;
  throw new Refusal(404, { message, code: 'model_not_found' });
}
