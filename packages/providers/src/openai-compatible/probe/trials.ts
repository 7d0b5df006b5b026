import { type CompatibilitySettings, isRecord, parseRecord } from '@aggregator/contracts';
import type { ProbeAnswer } from './identify-server.ts';

type Body = Readonly<Record<string, unknown>>;

/** Sends a chat that differs from a plain one by these fields. */
export type TryChat = (change: Body) => Promise<ProbeAnswer>;
/** Returns what a server needs to be set to; nothing if it is as OpenAI. */
export type Trial = (tryChat: TryChat) => Promise<CompatibilitySettings>;

/** Optional fields that some servers reject. */
const optionalFields: Body = {
  frequency_penalty: 0.1,
  presence_penalty: 0.1,
  logit_bias: { '1': 0 },
  logprobs: true,
  parallel_tool_calls: false,
  seed: 1,
  user: 'probe',
};
const shortId = 'probe0001';
const question = { role: 'user', content: 'Say OK.' };
const toolOf = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, description: 'Does nothing.', parameters: { type: 'object', properties: {} }, ...more },
});
const historyOf = (id: string, said: object = {}) => [
  question,
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: 'probe', arguments: '{}' } }],
    ...said,
  },
  { role: 'tool', tool_call_id: id, content: 'OK' },
];
const withHistory = (id: string, said: object = {}) => ({ tools: [toolOf('probe')], messages: historyOf(id, said) });

export const isTaken = ({ status }: ProbeAnswer): boolean => status >= 200 && status < 300;

const streamOptions: Trial = async (tryChat) => {
  const stream = { stream: true, stream_options: { include_usage: true } };
  const isRejected = !isTaken(await tryChat(stream)) && isTaken(await tryChat({ stream: true }));
  return isRejected ? { streamOptions: false } : {};
};

/** The bound under its older name is rejected, or ignored, and the later name counts. */
const outputLimit: Trial = async (tryChat) => {
  const isBound = async (change: Body) => {
    const answer = await tryChat({ max_tokens: undefined, ...change });
    const usage = parseRecord(answer.body)?.usage;
    return isTaken(answer) && isRecord(usage) && Number(usage.completion_tokens) <= 1;
  };
  if (await isBound({ max_tokens: 1 })) return {};
  return (await isBound({ max_completion_tokens: 1 })) ? { outputLimitField: 'max_completion_tokens' } : {};
};

const fields: Trial = async (tryChat) => {
  if (isTaken(await tryChat(optionalFields))) return {};
  const omitted: string[] = [];
  for (const [name, value] of Object.entries(optionalFields)) {
    if (!isTaken(await tryChat({ [name]: value }))) omitted.push(name);
  }
  return omitted.length === 0 ? {} : { omittedFields: omitted };
};

const tools: Trial = async (tryChat) => {
  if (!isTaken(await tryChat({ tools: [toolOf('probe')] }))) return {};
  const isStrictTaken = isTaken(await tryChat({ tools: [toolOf('probe', { strict: true })] }));
  const areNamesTaken = isTaken(await tryChat({ tools: [toolOf('probe.dot'), toolOf('p'.repeat(65))] }));
  return { ...(!isStrictTaken && { strictTools: false }), ...(!areNamesTaken && { toolNames: 'word-64' as const }) };
};

const ids: Trial = async (tryChat) => {
  if (isTaken(await tryChat(withHistory(`call.${'x'.repeat(70)}`)))) return {};
  if (isTaken(await tryChat(withHistory('call_probe_0001')))) return { callIds: 'word-64' };
  return isTaken(await tryChat(withHistory(shortId))) ? { callIds: 'alphanumeric-9' } : {};
};

const nullContent: Trial = async (tryChat) => {
  if (isTaken(await tryChat(withHistory(shortId)))) return {};
  return isTaken(await tryChat(withHistory(shortId, { content: '' }))) ? { nullContent: false } : {};
};

const answerSchema: Trial = async (tryChat) => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  const asked = { type: 'json_schema', json_schema: { name: 'probe', schema } };
  if (isTaken(await tryChat({ response_format: asked }))) return {};
  const plain = { type: 'json_object', schema };
  return isTaken(await tryChat({ response_format: plain })) ? { answerSchema: 'json_object' } : {};
};

/** The field that the server says its thoughts in; else what it does not reject. */
const thoughts: Trial = async (tryChat) => {
  const plain = await tryChat({});
  const choices = parseRecord(plain.body)?.choices;
  const message = Array.isArray(choices) && isRecord(choices[0]) ? choices[0].message : null;
  const said = (['reasoning', 'reasoning_content'] as const).filter(
    (name) => isRecord(message) && typeof message[name] === 'string' && message[name] !== '',
  );
  if (said.length === 1) return { reasoningField: said[0] };
  const takes = async (thought: object) => isTaken(await tryChat(withHistory(shortId, thought)));
  if (!(await takes({}))) return {};
  const isContentTaken = await takes({ reasoning_content: 'Hm.' });
  const isReasoningTaken = await takes({ reasoning: 'Hm.' });
  if (isContentTaken && isReasoningTaken) return {};
  if (isContentTaken) return { reasoningField: 'reasoning_content' };
  return { reasoningField: isReasoningTaken ? 'reasoning' : 'none' };
};

/** Each is a few chats of a few tokens. */
export const trials: readonly Trial[] = [
  ...[streamOptions, outputLimit, fields, tools, ids, nullContent, answerSchema, thoughts],
];
