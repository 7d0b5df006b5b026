/** A model of the fake as the vendor's pages describe it, written apart from what the adapter believes of it. */
export interface FakeModel {
  readonly id: string;
  readonly maxTokens: number;
  readonly contextTokens: number;
  readonly thinkingTypes: readonly string[];
  /** True if it thinks when the request says nothing of thinking. */
  readonly thinksByDefault: boolean;
  /** Thinking comes without its text unless the request asks for it. */
  readonly hidesThinking: boolean;
  readonly efforts: readonly string[];
  readonly takesSampling: boolean;
  readonly takesForcedTools: boolean;
  readonly takesSystemTurns: boolean;
  readonly takesPrefill: boolean;
}

const everyEffort: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const newest = {
  maxTokens: 128_000,
  contextTokens: 1_000_000,
  thinksByDefault: true,
  hidesThinking: true,
  efforts: everyEffort,
  takesSampling: false,
  takesForcedTools: false,
  takesSystemTurns: true,
  takesPrefill: false,
};

/**
 * Source: https://platform.claude.com/docs/en/about-claude/models/overview and the pages of each model (read 2026-11).
 */
export const fakeModels: readonly FakeModel[] = [
  { ...newest, id: 'claude-opus-5-5', thinkingTypes: ['adaptive'] },
  { ...newest, id: 'claude-sonnet-5-5', thinkingTypes: ['adaptive', 'between_tools'] },
  { ...newest, id: 'claude-haiku-5-5', thinkingTypes: ['adaptive', 'disabled'], takesForcedTools: true },
  {
    ...newest,
    id: 'claude-sonnet-4-6',
    thinkingTypes: ['adaptive', 'enabled', 'disabled'],
    thinksByDefault: false,
    hidesThinking: false,
    efforts: ['low', 'medium', 'high', 'max'],
    takesSampling: true,
    takesForcedTools: true,
    takesSystemTurns: false,
  },
  {
    id: 'claude-haiku-4-5',
    maxTokens: 64_000,
    contextTokens: 200_000,
    thinkingTypes: ['enabled', 'disabled'],
    thinksByDefault: false,
    hidesThinking: false,
    efforts: [],
    takesSampling: true,
    takesForcedTools: true,
    takesSystemTurns: false,
    takesPrefill: true,
  },
];

export function findFakeModel(id: string): FakeModel | undefined {
  return fakeModels.find((model) => model.id === id);
}
