import type { ChatCompletionRequest } from '@aggregator/contracts';
import { sampleJson } from './sample-json.ts';
import { readText, splitTokens } from './tokens.ts';

/** One token of an answer: a piece of text, or of a tool call, whose first piece names the tool. */
export interface AnswerToken {
  text: string;
  call: { index: number; id: string; name: string; isFirst: boolean } | null;
}

export interface ComposedChoice {
  tokens: readonly AnswerToken[];
  finishReason: 'stop' | 'length' | 'tool_calls';
}

export interface ComposeOptions {
  /** Tokens of a text answer, if nothing in the request says otherwise. */
  wordsPerAnswer: number;
  /** Tokens of one choice. */
  outputTokensMax: number;
}

/** All at most eight characters, so that each is one token. */
const fillerWords = ['and', 'so', 'the', 'quick', 'brown', 'fox', 'jumps', 'over', 'a', 'lazy', 'dog', 'again'];
const echoTokensMax = 12;

/** The n-th word of an endless answer. */
export function fillerWord(position: number): string {
  return ` ${fillerWords[position % fillerWords.length]}`;
}

/**
 * Returns the answer of the mock: the same request always has the same answer. It repeats what the user said and fills
 * up; it calls tools when `tool_choice` forces it, or when the last message of the user has `#tool` (the first tool) or
 * `#tools` (each once); it answers JSON if `response_format` asks for it.
 */
export function composeAnswer(request: ChatCompletionRequest, options: ComposeOptions): ComposedChoice[] {
  return Array.from({ length: request.n ?? 1 }, (_, choice) => composeChoice(request, options, choice));
}

function composeChoice(request: ChatCompletionRequest, options: ComposeOptions, choice: number): ComposedChoice {
  const calls = composeCalls(request, choice);
  if (calls.length > 0) return cut(calls, options.outputTokensMax, 'tool_calls');
  const text = beforeStop(composeText(request, options.wordsPerAnswer, choice), request.stop);
  const tokens = splitTokens(text).map((piece) => ({ text: piece, call: null }));
  return cut(tokens, options.outputTokensMax, 'stop');
}

function cut(
  tokens: readonly AnswerToken[],
  max: number,
  finishReason: ComposedChoice['finishReason'],
): ComposedChoice {
  return tokens.length > max ? { tokens: tokens.slice(0, max), finishReason: 'length' } : { tokens, finishReason };
}

function composeText(request: ChatCompletionRequest, wordsPerAnswer: number, choice: number): string {
  const echo = `You said: ${readEcho(request)}`;
  const format = readObject(request.response_format);
  if (format.type === 'json_object') return JSON.stringify({ message: echo });
  if (format.type === 'json_schema') return JSON.stringify(sampleJson(readObject(format.json_schema).schema, echo));
  const words = splitTokens(echo);
  for (let position = 0; words.length < wordsPerAnswer; position += 1) words.push(fillerWord(position + choice));
  return words.join('');
}

function composeCalls(request: ChatCompletionRequest, choice: number): AnswerToken[] {
  return selectTools(request).flatMap((tool, index) => {
    const { name, parameters } = readObject(readObject(tool).function);
    const id = `call_mock_${choice}_${index}`;
    const start = { index, id, name: String(name), isFirst: true };
    const pieces = splitTokens(JSON.stringify(sampleJson(parameters ?? {}, readEcho(request))));
    return [{ text: '', call: start }, ...pieces.map((text) => ({ text, call: { ...start, isFirst: false } }))];
  });
}

function selectTools({ tools, tool_choice: choice, messages }: ChatCompletionRequest): unknown[] {
  const functions = (tools ?? []).filter((tool) => typeof readObject(tool.function).name === 'string');
  if (choice === 'none') return [];
  if (choice === 'required') return functions.slice(0, 1);
  const forced = readObject(readObject(choice).function).name;
  if (forced !== undefined) return functions.filter((tool) => readObject(tool.function).name === forced).slice(0, 1);
  const last = messages.at(-1);
  if (last?.role !== 'user') return [];
  const said = readText(last);
  if (/#tools\b/.test(said)) return functions;
  return /#tool\b/.test(said) ? functions.slice(0, 1) : [];
}

function readEcho({ messages }: ChatCompletionRequest): string {
  const last = messages.findLast((message) => message.role === 'user' || message.role === 'tool') ?? messages.at(-1);
  return last === undefined ? '' : splitTokens(readText(last)).slice(0, echoTokensMax).join('');
}

function beforeStop(text: string, stop: ChatCompletionRequest['stop']): string {
  const stops = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((one) => one !== '');
  const ends = stops.map((one) => text.indexOf(one)).filter((end) => end >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
