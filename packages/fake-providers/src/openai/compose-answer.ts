import { createHash } from 'node:crypto';
import { sampleJson } from '../sample-json.ts';
import type { FakeScript } from '../script.ts';
import type { FakeCall } from './fake-call.ts';
import { effortAt, type FakeModel } from './models.ts';
import { readScripted, toScriptedCalls } from './scripted-choice.ts';
import { countTokens, readText, splitTokens } from './tokens.ts';
import type { FakeChat, FakeMessage } from './wire.ts';

export interface FakeChoice {
  text: string;
  refusal: string | null;
  reasoning: string;
  calls: readonly FakeCall[];
  finishReason: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Reasoning included. */
  tokens: number;
  reasoningTokens: number;
}

const echoTokensMax = 12;

/**
 * Returns the answer of the fake: the same request always has the same answer. It repeats what the user or a tool said,
 * or says what it saw. Words in the last message ask for more: `#tool` and `#tools` call the first tool or each,
 * `#system` repeats the instructions, `#words=50` makes 50 words, `#refuse` refuses, `#filter` ends in the content
 * filter. A model that reasons does so, unless its effort is `none`, which is the default of some.
 */
export function composeAnswer(chat: FakeChat, model: FakeModel, script?: FakeScript): FakeChoice[] {
  return Array.from({ length: chat.n ?? 1 }, (_, choice) => composeChoice(chat, model, choice, script));
}

function composeChoice(chat: FakeChat, model: FakeModel, choice: number, script?: FakeScript): FakeChoice {
  const said = readLast(chat);
  const isThinking = effortAt(model, chat.reasoning_effort) !== 'none';
  const reasoning = isThinking ? `The user wants to talk about this: ${echoOf(said)}` : '';
  const reasoningTokens = splitTokens(reasoning).length;
  const head = { refusal: null, reasoning, reasoningTokens, calls: [] };
  const turn = script?.(readScripted(chat)) ?? null;
  if (turn !== null) {
    const { text } = turn;
    const scripted = toScriptedCalls(turn, chat);
    const tokens = reasoningTokens + countTokens(text + scripted.map((call) => call.arguments).join(''));
    return { ...head, text, calls: scripted, finishReason: scripted.length > 0 ? 'tool_calls' : 'stop', tokens };
  }
  const calls = composeCalls(chat, said, choice);
  if (calls.length > 0) {
    const tokens = calls.reduce((sum, call) => sum + countTokens(call.arguments), reasoningTokens);
    return { ...head, text: '', calls, finishReason: 'tool_calls', tokens };
  }
  if (/#refuse\b/.test(said)) {
    const refusal = "I can't help with that.";
    const tokens = reasoningTokens + splitTokens(refusal).length;
    return { ...head, text: '', refusal, finishReason: 'stop', tokens };
  }
  const whole = beforeStop(composeText(chat, said), chat.stop);
  const pieces = splitTokens(whole);
  const room = Math.max(0, (chat.max_completion_tokens ?? chat.max_tokens ?? model.outputMax) - reasoningTokens);
  const isFiltered = /#filter\b/.test(said);
  const kept = pieces.slice(0, isFiltered ? Math.min(2, room) : room);
  const finishReason = isFiltered ? 'content_filter' : kept.length < pieces.length ? 'length' : 'stop';
  return { ...head, text: kept.join(''), finishReason, tokens: reasoningTokens + kept.length };
}

function composeText(chat: FakeChat, said: string): string {
  const format = chat.response_format;
  if (format?.type === 'json_object') return JSON.stringify({ message: echoOf(said) });
  if (format?.type === 'json_schema') return JSON.stringify(sampleJson(format.json_schema.schema, echoOf(said)));
  if (/#system\b/.test(said)) return `The system says: ${readSystem(chat)}`;
  const seen = chat.messages.reduce((sum, message) => sum + countImages(message), 0);
  if (seen > 0) return `I see ${seen} images.`;
  const words = Number(/#words=(\d{1,5})/.exec(said)?.[1] ?? 0);
  const speaker = chat.messages.at(-1)?.role === 'tool' ? 'The tools say' : 'You said';
  return `${speaker}: ${echoOf(said)}${' word'.repeat(words)}`;
}

function countImages({ content }: FakeMessage): number {
  if (!Array.isArray(content)) return 0;
  const kinds: readonly string[] = content.map((part) => part.type);
  return kinds.filter((kind) => kind === 'image_url').length;
}

function composeCalls(chat: FakeChat, said: string, choice: number): FakeCall[] {
  const seed = createHash('sha256').update(JSON.stringify(chat.messages)).digest('hex').slice(0, 16);
  return selectTools(chat, said).map(({ function: { name, parameters } }, index) => ({
    id: `call_${seed}_${choice}_${index}`,
    name,
    arguments: JSON.stringify(sampleJson(parameters ?? { type: 'object' }, echoOf(said))),
  }));
}

function selectTools({ tools = [], tool_choice: choice, parallel_tool_calls: isParallel }: FakeChat, said: string) {
  if (choice === 'none') return [];
  if (typeof choice === 'object')
    return tools.filter((tool) => tool.function.name === choice.function.name).slice(0, 1);
  if (/#tools\b/.test(said)) return isParallel === false ? tools.slice(0, 1) : tools;
  return choice === 'required' || /#tool\b/.test(said) ? tools.slice(0, 1) : [];
}

function readLast({ messages }: FakeChat): string {
  const last = messages.at(-1);
  return last === undefined ? '' : readText(last);
}

function readSystem({ messages }: FakeChat): string {
  return messages
    .filter((message) => message.role === 'system' || message.role === 'developer')
    .map(readText)
    .join(' ');
}

function echoOf(said: string): string {
  return splitTokens(said).slice(0, echoTokensMax).join('');
}

function beforeStop(text: string, stop: FakeChat['stop']): string {
  const ends = [stop ?? []].flat().map((one) => text.indexOf(one));
  const found = ends.filter((end) => end >= 0);
  return found.length === 0 ? text : text.slice(0, Math.min(...found));
}
