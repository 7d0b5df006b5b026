import { createHash } from 'node:crypto';
import { sampleJson } from '../sample-json.ts';
import type { FakeScript } from '../script.ts';
import type { AnswerBlock } from './answer-block.ts';
import { clientToolsOf, composeHosted } from './hosted-tools.ts';
import type { FakeModel } from './models.ts';
import { readScripted, toScriptedBlocks } from './scripted-answer.ts';
import { redactThinking, signThinking } from './signature.ts';
import { countTokens, splitTokens, toBlocks } from './tokens.ts';
import type { FakeBlock, FakeRequest } from './wire.ts';

export interface FakeAnswer {
  content: readonly AnswerBlock[];
  stopReason: string;
  stopSequence: string | null;
  stopDetails: { type: 'refusal'; category: string | null; explanation: string | null } | null;
  outputTokens: number;
  thinkingTokens: number;
}

const echoTokensMax = 12;

/**
 * Returns the answer of the fake: the same request always has the same answer. It repeats what the user said, or says
 * what it saw and what the tools returned. Words in the last turn of the user ask for more: `#tool` and `#tools` call
 * the first tool or each, `#think` and `#redacted` show thinking, `#system` repeats the system prompt, `#words=50`
 * makes 50 words, `#hosted` runs code in a container of the vendor if the request has that tool,
 * `#refuse` and `#refuse-silently` end in a refusal.
 */
export function composeAnswer(request: FakeRequest, model: FakeModel, script?: FakeScript): FakeAnswer {
  const said = readLastTurn(request);
  const turn = script?.(readScripted(request)) ?? null;
  if (turn === null && /#refuse\b/.test(said.text)) return refuse(/#refuse-silently\b/.test(said.text));
  const thinking = composeThinking(request, model, said.text);
  const thinkingTokens = thinking.length > 0 ? countTokens(thoughtOf(said.text)) : 0;
  if (turn !== null) {
    const content = toScriptedBlocks(turn, request);
    const outputTokens = thinkingTokens + countTokens(JSON.stringify(content));
    const stopReason = turn.calls.length > 0 ? 'tool_use' : 'end_turn';
    const rest = { stopSequence: null, stopDetails: null, outputTokens, thinkingTokens };
    return { content: [...thinking, ...content], stopReason, ...rest };
  }
  const calls = composeCalls(request, said.text);
  if (calls.length > 0) {
    const outputTokens = thinkingTokens + countTokens(JSON.stringify(calls.map((call) => call.input)));
    const rest = { stopSequence: null, stopDetails: null, outputTokens, thinkingTokens };
    return { content: [...thinking, ...calls], stopReason: 'tool_use', ...rest };
  }
  const hosted = composeHosted(request, said.text);
  const hostedTokens = hosted.length > 0 ? countTokens(JSON.stringify(hosted)) : 0;
  const spent = thinkingTokens + hostedTokens;
  const { text, stopReason, stopSequence, tokens } = cut(composeText(request, said), request, spent);
  const spoken: readonly AnswerBlock[] = text === '' ? [] : [{ type: 'text', text, citations: null }];
  const outputTokens = Math.max(1, spent + tokens);
  return {
    content: [...thinking, ...hosted, ...spoken],
    stopReason,
    stopSequence,
    stopDetails: null,
    outputTokens,
    thinkingTokens,
  };
}

function refuse(isSilent: boolean): FakeAnswer {
  const explanation = isSilent ? null : 'This request could enable cyber harm.';
  const stopDetails = { type: 'refusal', category: isSilent ? null : 'cyber', explanation } as const;
  return { content: [], stopReason: 'refusal', stopSequence: null, stopDetails, outputTokens: 1, thinkingTokens: 0 };
}

interface LastTurn {
  text: string;
  results: string;
  images: number;
  documents: number;
  isPrefill: boolean;
}

function readLastTurn({ messages }: FakeRequest): LastTurn {
  const turn = messages.findLast((message) => message.role === 'user');
  const blocks = turn === undefined ? [] : toBlocks<FakeBlock>(turn.content);
  const results = blocks.flatMap((block) =>
    block.type === 'tool_result' ? toBlocks<FakeBlock>(block.content ?? []) : [],
  );
  const seen = [...blocks, ...results];
  return {
    text: textOf(blocks),
    results: blocks.some((block) => block.type === 'tool_result') ? textOf(results) : '',
    images: seen.filter((block) => block.type === 'image').length,
    documents: seen.filter((block) => block.type === 'document').length,
    isPrefill: messages.at(-1)?.role === 'assistant',
  };
}

function textOf(blocks: readonly FakeBlock[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function composeText(request: FakeRequest, said: LastTurn): string {
  const echo = splitTokens(said.results || said.text)
    .slice(0, echoTokensMax)
    .join('');
  const format = request.output_config?.format;
  if (format) return JSON.stringify(sampleJson(format.schema, echo));
  if (said.isPrefill) return ' and so on.';
  if (/#system\b/.test(said.text)) return `The system says: ${readSystem(request)}`;
  if (said.images + said.documents > 0) return `I see ${said.images} images and ${said.documents} documents.`;
  const words = Number(/#words=(\d{1,5})/.exec(said.text)?.[1] ?? 0);
  return `${said.results === '' ? 'You said' : 'The tools say'}: ${echo}${' word'.repeat(words)}`;
}

function readSystem({ system, messages }: FakeRequest): string {
  const turns = messages.filter((message) => message.role === 'system').map((message) => message.content);
  return [system ?? [], ...turns].map((content) => textOf(toBlocks<FakeBlock>(content))).join(' ');
}

function composeThinking(request: FakeRequest, model: FakeModel, text: string): AnswerBlock[] {
  const { thinking } = request;
  const isAsked = thinking?.type === 'enabled' || thinking?.type === 'adaptive';
  if (!isAsked && !(thinking === undefined && model.thinksByDefault && /#think\b/.test(text))) return [];
  const display = (isAsked && thinking.display) || (model.hidesThinking ? 'omitted' : 'summarized');
  const shown = display === 'omitted' ? '' : thoughtOf(text);
  const blocks: AnswerBlock[] = [
    { type: 'thinking', thinking: shown, signature: signThinking(shown, thoughtOf(text)) },
  ];
  if (/#redacted\b/.test(text)) blocks.push({ type: 'redacted_thinking', data: redactThinking(text) });
  return blocks;
}

function thoughtOf(text: string): string {
  return `The user wants to talk about this: ${splitTokens(text).slice(0, echoTokensMax).join('')}`;
}

function composeCalls(request: FakeRequest, text: string): Extract<AnswerBlock, { type: 'tool_use' }>[] {
  const seed = createHash('sha256').update(JSON.stringify(request.messages)).digest('hex').slice(0, 16);
  const echo = splitTokens(text).slice(0, echoTokensMax).join('');
  return selectTools(request, text).map(({ name, input_schema: schema }, index) => ({
    type: 'tool_use',
    id: `toolu_fake_${seed}_${index}`,
    name,
    input: sampleJson(schema, echo),
    caller: { type: 'direct' },
  }));
}

function selectTools({ tools: given, tool_choice: choice }: FakeRequest, text: string) {
  const tools = clientToolsOf(given);
  if (choice?.type === 'none') return [];
  if (choice?.type === 'tool') return tools.filter((tool) => tool.name === choice.name);
  const isSerial = choice?.disable_parallel_tool_use === true;
  if (/#tools\b/.test(text)) return isSerial ? tools.slice(0, 1) : tools;
  return choice?.type === 'any' || /#tool\b/.test(text) ? tools.slice(0, 1) : [];
}

function cut(whole: string, { stop_sequences: sequences = [], max_tokens: most }: FakeRequest, spent: number) {
  const found = sequences
    .map((sequence) => ({ sequence, at: whole.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)[0];
  const text = found === undefined ? whole : whole.slice(0, found.at);
  const tokens = splitTokens(text);
  const room = Math.max(0, most - spent);
  if (tokens.length > room) {
    return { text: tokens.slice(0, room).join(''), stopReason: 'max_tokens', stopSequence: null, tokens: room };
  }
  const stopReason = found === undefined ? 'end_turn' : 'stop_sequence';
  return { text, stopReason, stopSequence: found?.sequence ?? null, tokens: tokens.length };
}
