import { createHash } from 'node:crypto';
import { countTokens, splitTokens } from '../openai/tokens.ts';
import { sampleJson } from '../sample-json.ts';
import { readText } from './check-chat.ts';
import type { CohereModel } from './models.ts';
import type { CohereChat, CohereMessage } from './wire.ts';

export interface CohereCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export interface CohereCitation {
  start: number;
  end: number;
  text: string;
  sources: object[];
  type: 'TEXT_CONTENT';
}

export interface CohereAnswer {
  text: string;
  thinking: string;
  plan: string;
  calls: readonly CohereCall[];
  citations: readonly CohereCitation[];
  finishReason: 'COMPLETE' | 'STOP_SEQUENCE' | 'MAX_TOKENS' | 'TOOL_CALL';
  /** Thinking and plan included. */
  tokens: number;
}

const echoTokensMax = 12;

/**
 * Returns the answer of the fake: the same request always has the same answer. It repeats what the user or a tool said,
 * or says what it saw, and cites the documents that were sent along. Words in the last turn ask for more: `#tool` and
 * `#tools` call the first tool or each, with a plan, `#system` repeats the system turn, `#words=50` makes 50 words. A
 * model that thinks does so unless it is turned off.
 */
export function composeAnswer(chat: CohereChat, model: CohereModel): CohereAnswer {
  const last = chat.messages.at(-1);
  const said = last === undefined ? '' : readText(last);
  const echo = splitTokens(said).slice(0, echoTokensMax).join('');
  const isThinking = model.thinks && chat.thinking?.type !== 'disabled';
  const thought = splitTokens(isThinking ? `The user wants to talk about this: ${echo}` : '');
  const thinking = thought.slice(0, chat.thinking?.token_budget ?? thought.length).join('');
  const thinkingTokens = splitTokens(thinking).length;
  const calls = composeCalls(chat, said, echo);
  if (calls.length > 0) {
    const plan = isThinking ? '' : 'I will use a tool.';
    const spent = thinkingTokens + countTokens(plan);
    const tokens = calls.reduce((sum, call) => sum + countTokens(call.function.arguments), spent);
    return { text: '', thinking, plan, calls, citations: [], finishReason: 'TOOL_CALL', tokens };
  }
  const whole = composeText(chat, said, echo);
  const found = (chat.stop_sequences ?? []).map((one) => whole.indexOf(one)).filter((at) => at >= 0);
  const pieces = splitTokens(found.length === 0 ? whole : whole.slice(0, Math.min(...found)));
  const kept = pieces.slice(
    0,
    Math.max(0, Math.min(chat.max_tokens ?? model.outputMax, model.outputMax) - thinkingTokens),
  );
  const whyEnded = found.length > 0 ? 'STOP_SEQUENCE' : 'COMPLETE';
  return {
    text: kept.join(''),
    thinking,
    plan: '',
    calls: [],
    citations: composeCitations(chat),
    finishReason: kept.length < pieces.length ? 'MAX_TOKENS' : whyEnded,
    tokens: thinkingTokens + kept.length,
  };
}

function composeText(chat: CohereChat, said: string, echo: string): string {
  const format = chat.response_format;
  if (format?.type === 'json_object') {
    return JSON.stringify(format.json_schema === undefined ? { message: echo } : sampleJson(format.json_schema, echo));
  }
  const [first] = chat.messages;
  if (/#system\b/.test(said)) return `The system says: ${first?.role === 'system' ? readText(first) : ''}`;
  const seen = chat.messages.reduce((sum, message) => sum + countImages(message), 0);
  if (seen > 0) return `I see ${seen} images.`;
  const words = Number(/#words=(\d{1,5})/.exec(said)?.[1] ?? 0);
  const speaker = chat.messages.at(-1)?.role === 'tool' ? 'The tools say' : 'You said';
  return `${speaker}: ${echo}${' word'.repeat(words)}`;
}

function composeCalls(
  { messages, tools = [], tool_choice: choice }: CohereChat,
  said: string,
  echo: string,
): CohereCall[] {
  if (choice === 'NONE') return [];
  const isOne = choice === 'REQUIRED' || /#tool\b/.test(said);
  const chosen = /#tools\b/.test(said) ? tools : isOne ? tools.slice(0, 1) : [];
  const seed = createHash('sha256').update(JSON.stringify(messages)).digest('hex').slice(0, 12);
  return chosen.map(({ function: { name, parameters } }, index) => ({
    id: `${name}_${seed}${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(sampleJson(parameters, echo)) },
  }));
}

function composeCitations({ documents = [], citation_options: options }: CohereChat): CohereCitation[] {
  if (options?.mode === 'OFF' || options?.mode === 'DISABLED') return [];
  return documents.slice(0, 1).map((document, index) => {
    const data = typeof document === 'string' ? { text: document } : document.data;
    const id = typeof document === 'string' ? `doc:${index}` : (document.id ?? `doc:${index}`);
    const sources = [{ type: 'document', id, document: { ...data, id } }];
    return { start: 0, end: 8, text: 'You said', sources, type: 'TEXT_CONTENT' };
  });
}

function countImages({ content }: CohereMessage): number {
  if (!Array.isArray(content)) return 0;
  const kinds: readonly string[] = content.map((part) => part.type);
  return kinds.filter((kind) => kind === 'image_url').length;
}
