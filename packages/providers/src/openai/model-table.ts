/** How OpenAI serves a kind of model, by its name behind the last slash. */
export interface ModelRow {
  readonly fits: RegExp;
  /** What `reasoning_effort` takes in chat completions, from the least; the Responses API takes these and `moreEfforts`. */
  readonly efforts: readonly string[];
  readonly moreEfforts?: readonly string[];
  /** True if the model reasons when no effort is given. */
  readonly reasonsUnasked: boolean;
  /** Chat completions serve all; all but function tools beside reasoning; or nothing of this model. */
  readonly chatCompletions: 'all' | 'no-tools-with-reasoning' | 'none';
  /** Its weights are open: OpenAI does not serve it, and other servers take sampling beside its reasoning. */
  readonly isOpen?: true;
  /** Where it was read, and when. */
  readonly source: string;
}

const guide = 'https://developers.openai.com/api/docs/guides/reasoning (read 2026-11)';
const toHigh: readonly string[] = ['low', 'medium', 'high'];
const toXhigh: readonly string[] = [...toHigh, 'xhigh'];

const thinker = (fits: RegExp, efforts: readonly string[], source = guide): ModelRow => ({
  ...{ fits, efforts, source, reasonsUnasked: true, chatCompletions: 'all' },
});
const responsesAlone = (fits: RegExp, efforts: readonly string[]): ModelRow => ({
  ...{ fits, efforts, reasonsUnasked: true, chatCompletions: 'none' },
  source: 'https://developers.openai.com/api/docs/models and the type ResponsesModel of `openai` 7.55 (read 2026-11)',
});

/**
 * OpenAI's models × APIs × allowed combinations. The first row that fits counts. `max` is known to the Responses API alone
 * (BerriAI/litellm-docs#1173, 2026-09-03; livekit/agents#7169, 2026-09-08).
 */
const modelTable: readonly ModelRow[] = [
  {
    fits: /^(?:gpt-3|gpt-4|chatgpt-|gpt-chat-|gpt-5-chat|o1-mini|o1-preview)/,
    ...{ efforts: [], reasonsUnasked: false, chatCompletions: 'all', source: guide },
  },
  responsesAlone(/^gpt-5-pro/, ['high']),
  responsesAlone(/^gpt-\d.*-pro(?:-|$)/, ['medium', 'high', 'xhigh']),
  responsesAlone(/^(?:gpt-(?:5-|5\.1-)codex(?!-max)|codex-mini)/, toHigh),
  responsesAlone(/codex/, toXhigh),
  responsesAlone(/^o\d+(?:-mini)?-(?:pro|deep-research)/, toHigh),
  { ...thinker(/^gpt-oss/, toHigh), isOpen: true },
  thinker(/^o\d/, toHigh),
  // A model made for chats reasons as much as it likes, which it calls medium.
  thinker(/^gpt-\d.*-chat/, ['medium']),
  thinker(/^gpt-5(?!\.)/, ['minimal', ...toHigh]),
  { ...thinker(/^gpt-5\.1(?!\d)/, ['none', ...toHigh]), reasonsUnasked: false },
  { ...thinker(/^gpt-5\.[23](?!\d)/, ['none', ...toXhigh]), reasonsUnasked: false },
  {
    fits: /^gpt-5\.4(?!\d)/,
    ...{ efforts: ['none', ...toXhigh], reasonsUnasked: false, chatCompletions: 'no-tools-with-reasoning' },
    source: 'openai/openai-openapi#541 (2026-05-18), pipecat-ai/pipecat#4043 (2026-03-16)',
  },
  {
    fits: /^gpt-5\.5(?!\d)/,
    ...{ efforts: ['none', ...toXhigh], reasonsUnasked: true, chatCompletions: 'no-tools-with-reasoning' },
    source: 'charmbracelet/crush#2913 (2026-05-14)',
  },
  {
    fits: /^gpt-6-astra/,
    ...{ efforts: toXhigh, moreEfforts: ['max'], reasonsUnasked: true, chatCompletions: 'no-tools-with-reasoning' },
    source: 'bolna-ai/bolna#1019 (2026-09-05), UKGovernmentBEIS/inspect_ai#5254 (2026-09-04)',
  },
  {
    fits: /^gpt-(?:5\.(?:[6-9]|\d\d)|[6-9]|\d\d)/,
    ...{ efforts: ['none', ...toXhigh], moreEfforts: ['max'] },
    ...{ reasonsUnasked: true, chatCompletions: 'no-tools-with-reasoning' },
    source: 'BerriAI/litellm#34569 (2026-07-24), onyx-dot-app/onyx#15008 (2026-09-23)',
  },
];

/** Returns the row of a model; null for a name that OpenAI does not give. */
export function rowOf(model: string): ModelRow | null {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return modelTable.find(({ fits }) => fits.test(name)) ?? null;
}
