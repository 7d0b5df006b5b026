import type { FakeChoice } from '../compose-answer.ts';
import { splitTokens } from '../tokens.ts';
import { encryptThought } from './encrypt.ts';
import { flattenTools } from './flatten-tools.ts';
import { composeHosted } from './hosted-calls.ts';
import type { FakeResponses } from './wire.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An item of the output with the events that stream it, and how many tokens each owes. */
export interface StreamedItem {
  readonly item: Fields;
  readonly events: readonly { readonly event: Fields; readonly tokens: number }[];
}

/** The items of an answer, in the order of the vendor: what was thought, what is said, what is called. */
export function composeItems(request: FakeResponses, choice: FakeChoice, sequence: number): StreamedItem[] {
  const items: StreamedItem[] = [];
  const tools = flattenTools(request);
  const place = () => ({ index: items.length, id: `${sequence}_${items.length}` });
  if (choice.reasoning !== '') items.push(streamThought(request, choice, place()));
  for (const item of composeHosted(request))
    items.push(around(items.length, item, { ...item, status: 'in_progress' }, []));
  const isSilent = choice.text === '' && choice.refusal === null;
  if (!isSilent) items.push(streamMessage(choice, place()));
  for (const call of choice.calls) {
    const tool = tools.find(({ flatName }) => flatName === call.name);
    const named = { ...call, name: tool?.name ?? call.name, ...(tool?.namespace && { namespace: tool.namespace }) };
    items.push(tool?.isCustom === true ? streamCustomCall(named, place()) : streamCall(named, place()));
  }
  return items;
}

/** A call, with the group of its tool if that has one. */
type NamedCall = FakeChoice['calls'][number] & { readonly namespace?: string };

interface Place {
  readonly index: number;
  readonly id: string;
}

function streamThought({ reasoning, include }: FakeResponses, choice: FakeChoice, { index, id }: Place): StreamedItem {
  const isShown = Boolean(reasoning?.summary);
  const isEncrypted = include?.includes('reasoning.encrypted_content') === true;
  const item = {
    ...{ id: `rs_${id}`, type: 'reasoning' },
    summary: isShown ? [{ type: 'summary_text', text: choice.reasoning }] : [],
    ...(isEncrypted && { encrypted_content: encryptThought(choice.reasoning) }),
  };
  const place = { item_id: item.id, output_index: index, summary_index: 0 };
  const pieces = splitTokens(choice.reasoning);
  const deltas = pieces.map((delta) => event('response.reasoning_summary_text.delta', { ...place, delta }, 1));
  const part = { type: 'summary_text', text: choice.reasoning };
  const summary = [
    event('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }),
    ...deltas,
    event('response.reasoning_summary_text.done', { ...place, text: choice.reasoning }),
    event('response.reasoning_summary_part.done', { ...place, part }),
  ];
  return around(index, item, { ...item, summary: [] }, isShown ? summary : [], isShown ? 0 : choice.reasoningTokens);
}

function streamMessage({ text, refusal, finishReason }: FakeChoice, { index, id }: Place): StreamedItem {
  const isWhole = finishReason === 'stop';
  const toPart = (said: string) =>
    refusal === null
      ? { type: 'output_text', annotations: [], logprobs: [], text: said }
      : { type: 'refusal', refusal: said };
  const whole = refusal ?? text;
  const item = {
    ...{ id: `msg_${id}`, type: 'message', role: 'assistant', status: isWhole ? 'completed' : 'incomplete' },
    content: [toPart(whole)],
  };
  const place = { item_id: item.id, output_index: index, content_index: 0 };
  const kind = refusal === null ? 'output_text' : 'refusal';
  const extra = refusal === null ? { logprobs: [], obfuscation: 'x7Qa' } : {};
  return around(index, item, { ...item, status: 'in_progress', content: [] }, [
    event('response.content_part.added', { ...place, part: toPart('') }),
    ...splitTokens(whole).map((delta) => event(`response.${kind}.delta`, { ...place, delta, ...extra }, 1)),
    event(`response.${kind}.done`, { ...place, ...(refusal === null ? { text, logprobs: [] } : { refusal }) }),
    event('response.content_part.done', { ...place, part: toPart(whole) }),
  ]);
}

function streamCall(call: NamedCall, { index, id }: Place): StreamedItem {
  const item = {
    ...{ id: `fc_${id}`, type: 'function_call', status: 'completed', call_id: call.id, name: call.name },
    arguments: call.arguments,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
  };
  const place = { item_id: item.id, output_index: index };
  const name = 'response.function_call_arguments';
  return around(index, item, { ...item, status: 'in_progress', arguments: '' }, [
    ...splitTokens(call.arguments).map((delta) => event(`${name}.delta`, { ...place, delta }, 1)),
    event(`${name}.done`, { ...place, name: call.name, arguments: call.arguments }),
  ]);
}

function streamCustomCall(call: NamedCall, { index, id }: Place): StreamedItem {
  const item = {
    ...{ id: `ctc_${id}`, type: 'custom_tool_call', status: 'completed', call_id: call.id, name: call.name },
    input: call.arguments,
    ...(call.namespace !== undefined && { namespace: call.namespace }),
  };
  const place = { item_id: item.id, output_index: index };
  const name = 'response.custom_tool_call_input';
  return around(index, item, { ...item, status: 'in_progress', input: '' }, [
    ...splitTokens(call.arguments).map((delta) => event(`${name}.delta`, { ...place, delta }, 1)),
    event(`${name}.done`, { ...place, input: call.arguments }),
  ]);
}

function around(index: number, item: Fields, begun: Fields, events: StreamedItem['events'], tokens = 0): StreamedItem {
  return {
    item,
    events: [
      event('response.output_item.added', { output_index: index, item: begun }),
      ...events,
      event('response.output_item.done', { output_index: index, item }, tokens),
    ],
  };
}

function event(type: string, fields: Fields, tokens = 0) {
  return { event: { type, ...fields }, tokens };
}
