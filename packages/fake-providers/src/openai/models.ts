import { Refusal } from './refusal.ts';

/** A model of the fake as the vendor's pages describe it, written apart from what the adapter believes of it. */
export interface FakeModel {
  readonly id: string;
  readonly operation: 'chat' | 'embeddings' | 'images';
  readonly contextTokens: number;
  /** Most tokens of an answer; of an embedding, its numbers. */
  readonly outputMax: number;
  /** Allowed values of `reasoning_effort`; empty for a model that does not reason. */
  readonly efforts: readonly string[];
  /** Efforts that the Responses API has beside them. */
  readonly moreEfforts?: readonly string[];
  /** The effort if none is given. Default medium. */
  readonly defaultEffort?: string;
  /**
   * Chat completions reject function tools beside a given effort, or beside any effort except `none`, or do not have
   * the model.
   */
  readonly chatCompletions?: 'no-tools-with-effort' | 'no-tools-unless-none' | 'none';
}

const upToHigh = ['low', 'medium', 'high'];
const upToXhigh = [...upToHigh, 'xhigh'];
const thinker = { operation: 'chat', contextTokens: 400_000, outputMax: 128_000 } as const;
const newThinker = { ...thinker, contextTokens: 1_050_000, moreEfforts: ['max'] } as const;

/**
 * Sources: https://platform.openai.com/docs/models, https://developers.openai.com/api/docs/guides/reasoning (read
 * 2026-11); the rules for tools in chat completions as reported in pipecat-ai/pipecat#4043, BerriAI/litellm#34569,
 * bolna-ai/bolna#1019.
 */
export const openAiModels: readonly FakeModel[] = [
  { id: 'gpt-4o-mini', operation: 'chat', contextTokens: 128_000, outputMax: 16_384, efforts: [] },
  { id: 'gpt-4.1', operation: 'chat', contextTokens: 1_047_576, outputMax: 32_768, efforts: [] },
  { ...thinker, id: 'gpt-5-mini', efforts: ['minimal', ...upToHigh] },
  { ...thinker, id: 'gpt-5.2', efforts: ['none', ...upToXhigh], defaultEffort: 'none' },
  {
    ...thinker,
    ...{
      id: 'gpt-5.4',
      efforts: ['none', ...upToXhigh],
      defaultEffort: 'none',
      chatCompletions: 'no-tools-with-effort',
    },
  },
  {
    ...newThinker,
    ...{ id: 'gpt-5.6', efforts: ['none', ...upToXhigh], chatCompletions: 'no-tools-unless-none' },
  },
  {
    ...newThinker,
    ...{ id: 'gpt-5.6-sol', efforts: ['none', ...upToXhigh], chatCompletions: 'no-tools-unless-none' },
  },
  { ...newThinker, id: 'gpt-6-astra', efforts: upToXhigh, chatCompletions: 'no-tools-unless-none' },
  { ...thinker, id: 'gpt-5.3-codex', efforts: upToXhigh, chatCompletions: 'none' },
  { ...newThinker, id: 'gpt-5.4-pro', efforts: ['medium', 'high', 'xhigh'], moreEfforts: [], chatCompletions: 'none' },
  { id: 'o4-mini', operation: 'chat', contextTokens: 200_000, outputMax: 100_000, efforts: upToHigh },
  { id: 'text-embedding-3-small', operation: 'embeddings', contextTokens: 8192, outputMax: 1536, efforts: [] },
  { id: 'gpt-image-2', operation: 'images', contextTokens: 32_000, outputMax: 6240, efforts: [] },
  { id: 'gpt-image-1', operation: 'images', contextTokens: 32_000, outputMax: 6240, efforts: [] },
];

/** Returns the allowed efforts at one of the two APIs. */
export function effortsOf({ efforts, moreEfforts = [] }: FakeModel, api: 'chat' | 'responses'): readonly string[] {
  return api === 'chat' ? efforts : [...efforts, ...moreEfforts];
}

/** Returns the effort that a model applies to a given one, or to none. */
export function effortAt({ efforts, defaultEffort = 'medium' }: FakeModel, asked: string | null | undefined): string {
  if (efforts.length === 0) return 'none';
  return asked ?? defaultEffort;
}

/** @throws {Refusal} 404 */
export function requireModel(models: readonly FakeModel[], id: string, operation: FakeModel['operation']): FakeModel {
  const model = models.find((one) => one.id === id && one.operation === operation);
  if (model !== undefined) return model;
  const message = `The model \`${id}\` does not exist or you do not have access to it.`;
  throw new Refusal(404, { message, code: 'model_not_found' });
}
