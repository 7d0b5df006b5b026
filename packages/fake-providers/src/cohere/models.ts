import { Refusal } from '../openai/refusal.ts';

/** A model of the fake as the vendor's pages describe it, written apart from what the adapter believes of it. */
export interface CohereModel {
  readonly name: string;
  readonly endpoint: 'chat' | 'embed';
  readonly contextTokens: number;
  /** Most tokens of an answer; of an embedding, its numbers. */
  readonly outputMax: number;
  readonly thinks: boolean;
  readonly sees: boolean;
}

/** Source: https://docs.cohere.com/docs/models (read 2026-11). */
export const cohereModels: readonly CohereModel[] = [
  { name: 'command-a-03-2025', endpoint: 'chat', contextTokens: 256_000, outputMax: 8000, thinks: false, sees: false },
  {
    name: 'command-a-reasoning-08-2025',
    endpoint: 'chat',
    contextTokens: 256_000,
    outputMax: 32_000,
    thinks: true,
    sees: false,
  },
  {
    name: 'command-a-vision-07-2025',
    endpoint: 'chat',
    contextTokens: 128_000,
    outputMax: 8000,
    thinks: false,
    sees: true,
  },
  { name: 'embed-v4.0', endpoint: 'embed', contextTokens: 128_000, outputMax: 1536, thinks: false, sees: true },
];

/** @throws {Refusal} 404 */
export function requireModel(name: string, endpoint: CohereModel['endpoint']): CohereModel {
  const model = cohereModels.find((one) => one.name === name && one.endpoint === endpoint);
  if (model !== undefined) return model;
  throw new Refusal(404, {
    message: `model '${name}' not found, make sure the correct model ID was used and that you have access to the model.`,
  });
}
