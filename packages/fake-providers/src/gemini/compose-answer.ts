import { createHash } from 'node:crypto';
import { sampleJson } from '../sample-json.ts';
import type { FakeScript, ScriptedTurn } from '../script.ts';
import type { FakeModel } from './models.ts';
import { readScripted, toScriptedParts } from './scripted-parts.ts';
import { sign, toSigned } from './signature.ts';
import { countTokens, splitTokens } from './tokens.ts';
import type { FakePart, FakeRequest } from './wire.ts';

export interface FakeCandidate {
  parts: readonly FakePart[];
  finishReason: string;
  finishMessage?: string;
  tokens: number;
  /** Of the tokens. */
  imageTokens: number;
}

export interface FakeAnswer {
  candidates: readonly FakeCandidate[];
  /** Null unless the prompt is blocked. */
  blockReason: string | null;
  thoughtTokens: number;
}

interface LastTurn {
  /** Last text of the user. */
  text: string;
  /** Results of tools since then. */
  results: string;
  rounds: number;
  pictures: number;
  sounds: number;
}

const echoTokensMax = 12;
const imageTokens = 1120;
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==';

/**
 * Returns the answer of the fake: the same request always has the same answer. It repeats what the user said, or says
 * what it saw and what the tools returned. Words in the last turn of the user ask for more: `#tool` and `#tools` call
 * the first tool or each, `#loop=10` calls the first one so many times in a row, `#system` repeats the instruction,
 * `#words=50` makes 50 words, `#draw` draws if the model can, `#refuse` is stopped half-way, `#block` is not answered
 * at all and
 * `#malformed` makes a malformed call.
 */
export function composeAnswer(request: FakeRequest, model: FakeModel, script?: FakeScript): FakeAnswer {
  const said = readLastTurn(request);
  const turn = script?.(readScripted(request)) ?? null;
  if (turn === null && /#block\b/.test(said.text))
    return { candidates: [], blockReason: 'PROHIBITED_CONTENT', thoughtTokens: 0 };
  const thought = composeThought(request, model, said.text);
  const isShown = request.generationConfig?.thinkingConfig?.includeThoughts === true && thought !== '';
  const shown: FakePart[] = isShown ? [{ text: thought, thought: true }] : [];
  const count = request.generationConfig?.candidateCount ?? 1;
  const candidates = Array.from({ length: count }, (_, index) => {
    const candidate =
      turn === null ? composeCandidate(request, model, said, index) : toScriptedCandidate(turn, request, model);
    const signed = thought === '' ? candidate.parts : withSignature(candidate.parts);
    return { ...candidate, parts: [...shown, ...signed] };
  });
  return { candidates, blockReason: null, thoughtTokens: countTokens(thought) };
}

function toScriptedCandidate(turn: ScriptedTurn, request: FakeRequest, model: FakeModel): FakeCandidate {
  const parts = toScriptedParts(turn, request, model);
  return { parts, finishReason: 'STOP', imageTokens: 0, tokens: countTokens(JSON.stringify(parts)) };
}

function composeCandidate(request: FakeRequest, model: FakeModel, said: LastTurn, index: number): FakeCandidate {
  const stop = { finishReason: 'STOP', imageTokens: 0 };
  if (/#malformed\b/.test(said.text)) {
    const finishMessage = 'Malformed function call: print(default_api.';
    return { ...stop, parts: [], finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage, tokens: 0 };
  }
  const calls = composeCalls(request, model, said);
  if (calls.length > 0) {
    const finishMessage = 'Model generated function call(s).';
    return { ...stop, parts: calls, finishMessage, tokens: countTokens(JSON.stringify(calls)) };
  }
  if (model.draws && (isImageOnly(request) || /#draw\b/.test(said.text))) {
    const image: FakePart = { inlineData: { mimeType: 'image/png', data: pixel } };
    return { ...stop, parts: [image], tokens: imageTokens, imageTokens };
  }
  const whole = composeText(request, said, index);
  if (/#refuse\b/.test(said.text)) {
    const text = splitTokens(whole).slice(0, 1).join('');
    return { ...stop, parts: [{ text }], finishReason: 'SAFETY', tokens: 1 };
  }
  const { text, finishReason, tokens } = cut(whole, request);
  return { ...stop, parts: text === '' ? [] : [{ text }], finishReason, tokens };
}

/** On the first call if there are calls, else on every image and on the last text. */
function withSignature(parts: readonly FakePart[]): FakePart[] {
  const firstCall = parts.findIndex((part) => part.functionCall !== undefined);
  return parts.map((part, index) => {
    const isLast = firstCall === -1 && index === parts.length - 1;
    if (index !== firstCall && part.inlineData === undefined && !isLast) return part;
    return { ...part, thoughtSignature: sign(part.functionCall === undefined ? part : toSigned(part.functionCall)) };
  });
}

function readLastTurn({ contents }: FakeRequest): LastTurn {
  const isUsers = (parts: readonly FakePart[]) => !parts.some((part) => part.functionResponse !== undefined);
  const from = contents.findLastIndex(({ role, parts }) => role !== 'model' && isUsers(parts));
  const turn = contents[from]?.parts ?? [];
  const results = contents.slice(from + 1).flatMap(({ parts }) => parts.flatMap((part) => part.functionResponse ?? []));
  const inline = [...turn, ...results.flatMap(({ parts = [] }) => parts)].map(({ inlineData }) => inlineData?.mimeType);
  const addressed = turn.map(({ fileData }) => fileData && (fileData.mimeType ?? 'image/*'));
  const files = [...inline, ...addressed].filter((type) => type !== undefined);
  return {
    text: turn.map(({ text = '' }) => text).join(''),
    results: results.map(({ response }) => String(response.output ?? JSON.stringify(response))).join(''),
    rounds: contents.slice(from + 1).filter(({ role }) => role === 'model').length,
    pictures: files.filter((type) => !type.startsWith('audio/')).length,
    sounds: files.filter((type) => type.startsWith('audio/')).length,
  };
}

function composeText(request: FakeRequest, said: LastTurn, index: number): string {
  const echo = echoOf(said.results || said.text);
  const { responseMimeType, responseJsonSchema } = request.generationConfig ?? {};
  if (responseJsonSchema !== undefined) return JSON.stringify(sampleJson(responseJsonSchema, echo));
  if (responseMimeType === 'application/json') return JSON.stringify({ said: echo });
  if (/#system\b/.test(said.text)) {
    return `The system says: ${(request.systemInstruction?.parts ?? []).map(({ text }) => text).join(' ')}`;
  }
  if (said.pictures + said.sounds > 0) return `I see ${said.pictures} pictures and hear ${said.sounds} sounds.`;
  const words = Number(/#words=(\d{1,5})/.exec(said.text)?.[1] ?? 0);
  const other = index === 0 ? '' : ` (${index})`;
  return `${said.results === '' ? 'You said' : 'The tools say'}: ${echo}${other}${' word'.repeat(words)}`;
}

/** Models think unless the request turns it off. */
function composeThought({ generationConfig }: FakeRequest, model: FakeModel, text: string): string {
  const isOff = generationConfig?.thinkingConfig?.thinkingBudget === 0;
  const canThink = model.levels.length > 0 || model.budget !== null;
  return canThink && !isOff ? `The user wants to talk about this: ${echoOf(text)}` : '';
}

function composeCalls(request: FakeRequest, model: FakeModel, said: LastTurn): FakePart[] {
  const seed = createHash('sha256').update(JSON.stringify(request.contents)).digest('hex').slice(0, 7);
  return selectFunctions(request, said).map(({ name, parametersJsonSchema: schema }, index) => {
    const args = schema === undefined ? {} : Object(sampleJson(schema, echoOf(said.text)));
    // Only since version 3 have calls had ids.
    return { functionCall: { ...(model.isThirdGeneration && { id: `${seed}${index}` }), name, args } };
  });
}

function selectFunctions({ tools = [], toolConfig }: FakeRequest, { text, rounds }: LastTurn) {
  const { mode = 'AUTO', allowedFunctionNames: allowed } = toolConfig?.functionCallingConfig ?? {};
  const declared = tools
    .flatMap(({ functionDeclarations }) => functionDeclarations)
    .filter(({ name }) => allowed === undefined || allowed.includes(name));
  if (mode === 'NONE') return [];
  if (rounds < Number(/#loop=(\d{1,3})/.exec(text)?.[1] ?? 0)) return declared.slice(0, 1);
  if (mode !== 'ANY' && rounds > 0) return [];
  if (/#tools\b/.test(text)) return declared;
  return mode === 'ANY' || /#tool\b/.test(text) ? declared.slice(0, 1) : [];
}

function isImageOnly({ generationConfig }: FakeRequest): boolean {
  return generationConfig?.responseModalities?.join() === 'IMAGE';
}

function echoOf(text: string): string {
  return splitTokens(text).slice(0, echoTokensMax).join('');
}

function cut(whole: string, { generationConfig }: FakeRequest) {
  const ends = (generationConfig?.stopSequences ?? []).map((one) => whole.indexOf(one)).filter((at) => at >= 0);
  const tokens = splitTokens(ends.length === 0 ? whole : whole.slice(0, Math.min(...ends)));
  const room = generationConfig?.maxOutputTokens ?? tokens.length;
  const text = tokens.slice(0, room).join('');
  const finishReason = tokens.length > room ? 'MAX_TOKENS' : 'STOP';
  return { text, finishReason, tokens: Math.min(tokens.length, room) };
}
