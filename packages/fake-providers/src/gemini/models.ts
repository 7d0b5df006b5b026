/** A model of the fake as the vendor's pages describe it, written apart from what the adapter believes of it. */
export interface FakeModel {
  readonly id: string;
  readonly methods: readonly string[];
  readonly inputTokensMax: number;
  readonly outputTokensMax: number;
  /** Values of `thinkingLevel`; none if the model has a budget or does not think. */
  readonly levels: readonly string[];
  /** Values of `thinkingBudget` beside -1; null if the model has levels or does not think. */
  readonly budget: { readonly min: number; readonly max: number; readonly canBeZero: boolean } | null;
  /** Calls in a turn that is continued must carry the signatures that they came with. */
  readonly wantsSignatures: boolean;
  /** Calls have ids, results may hold media, JSON and functions may be asked for together. */
  readonly isThirdGeneration: boolean;
  readonly candidatesMax: number;
  readonly draws: boolean;
}

const chat: readonly string[] = ['generateContent', 'streamGenerateContent', 'countTokens'];
const third = {
  methods: chat,
  inputTokensMax: 1_048_576,
  outputTokensMax: 65_536,
  budget: null,
  wantsSignatures: true,
  isThirdGeneration: true,
  candidatesMax: 1,
  draws: false,
};
const second = { ...third, levels: [], wantsSignatures: false, isThirdGeneration: false, candidatesMax: 8 };

/**
 * Source: https://ai.google.dev/gemini-api/docs/models and
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking (read 2026-11).
 */
export const fakeModels: readonly FakeModel[] = [
  { ...third, id: 'gemini-4-argon', levels: ['LOW', 'MEDIUM', 'HIGH'] },
  { ...third, id: 'gemini-3.8-flash', levels: ['LOW', 'MEDIUM', 'HIGH'] },
  { ...third, id: 'gemini-3.1-pro-preview', levels: ['LOW', 'MEDIUM', 'HIGH'] },
  { ...third, id: 'gemini-3-flash-preview', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  { ...third, id: 'gemini-3.1-flash-image', levels: ['MINIMAL', 'HIGH'], draws: true, outputTokensMax: 32_768 },
  { ...second, id: 'gemini-2.5-pro', budget: { min: 128, max: 32_768, canBeZero: false } },
  { ...second, id: 'gemini-2.5-flash', budget: { min: 1, max: 24_576, canBeZero: true } },
  { ...second, id: 'gemini-2.5-flash-lite', budget: { min: 512, max: 24_576, canBeZero: true } },
  { ...second, id: 'gemini-2.5-flash-image', draws: true, candidatesMax: 1, outputTokensMax: 32_768 },
  { ...second, id: 'gemini-embedding-001', methods: ['embedContent', 'batchEmbedContents'], inputTokensMax: 2048 },
];

export function findFakeModel(id: string): FakeModel | undefined {
  return fakeModels.find((model) => model.id === id);
}
