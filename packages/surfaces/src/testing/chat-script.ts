type Body = Record<string, unknown>;

/** What a provider's adapter gives for one streamed answer. */
export interface ChatScript {
  readonly chunks: readonly (Body & { choices: readonly Choice[] })[];
  /** The chunk with usage and our additions. */
  readonly last: Body | null;
}

interface Call {
  index: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments?: string };
  custom?: { name: string; input: string };
}

interface Choice extends Body {
  delta: Delta;
  finish_reason: string | null;
}

export interface Delta {
  content?: string;
  reasoning_content?: string;
  refusal?: string;
  reasoning_details?: Body[];
  tool_calls?: Call[];
}

const frame = {
  id: 'chatcmpl-7F3a',
  object: 'chat.completion.chunk',
  created: 1_790_000_000,
  model: 'model-that-served',
};

export const usage = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
  completion_tokens_details: { reasoning_tokens: 15 },
  cost: 0.000123,
  cost_nano_usd: '123000',
};
export const additions = { cost: 0.000123, provider: 'acme', response_time_ms: 12 };

/** Deltas as a provider streams them: the role first, why it stopped at the end, and then the usage. */
export function script(deltas: readonly Delta[], finishReason = 'stop', choice: Body = {}): ChatScript {
  const chunk = (delta: Body, finish_reason: string | null, more: Body = {}) => ({
    ...frame,
    choices: [{ index: 0, delta, finish_reason, ...more }],
  });
  return {
    chunks: [
      chunk({ role: 'assistant', content: '' }, null),
      ...deltas.map((delta) => chunk({ ...delta }, null)),
      chunk({}, finishReason, choice),
    ],
    last: { ...frame, choices: [], usage, ...additions },
  };
}

/** The plain answer that a stream's chunks say together. */
export function joinAnswer({ chunks, last }: ChatScript): Body {
  const message: Body = { role: 'assistant', content: null };
  const details = new Map<unknown, Body>();
  const calls: Call[] = [];
  let end: Body = { finish_reason: null };
  for (const { choices } of chunks) {
    const [choice] = choices;
    if (choice === undefined) continue;
    const { delta, index: _index, ...rest } = choice;
    if (choice.finish_reason !== null) end = rest;
    for (const name of ['content', 'reasoning_content', 'refusal'] as const) {
      if (delta[name]) message[name] = String(message[name] ?? '') + delta[name];
    }
    for (const detail of delta.reasoning_details ?? []) joinDetail(details, detail);
    for (const call of delta.tool_calls ?? []) joinCall(calls, call);
  }
  if (details.size > 0) message.reasoning_details = [...details.values()];
  const tool_calls = calls.filter(Boolean).map(({ index: _index, ...call }) => call);
  if (tool_calls.length > 0) message.tool_calls = tool_calls;
  return { ...frame, object: 'chat.completion', ...last, choices: [{ index: 0, message, ...end }] };
}

function joinDetail(details: Map<unknown, Body>, detail: Body): void {
  const key = `${detail.index} ${detail.type}`;
  const before = details.get(key);
  const field = detail.type === 'reasoning.summary' ? 'summary' : 'text';
  const text = String(before?.[field] ?? '') + String(detail[field] ?? '');
  details.set(key, { ...before, ...detail, ...(detail.type !== 'reasoning.encrypted' && { [field]: text }) });
}

function joinCall(calls: Call[], call: Call): void {
  const { function: earlier, custom, ...before } = calls[call.index] ?? { index: call.index };
  calls[call.index] = {
    ...before,
    ...call,
    ...(call.function && {
      function: {
        ...earlier,
        ...call.function,
        arguments: (earlier?.arguments ?? '') + (call.function.arguments ?? ''),
      },
    }),
    ...(call.custom && { custom: { ...call.custom, input: (custom?.input ?? '') + call.custom.input } }),
  };
}
