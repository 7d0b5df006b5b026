import type { FakeAnswer, FakeCandidate } from './compose-answer.ts';
import type { FakeUsage } from './ledger.ts';
import { splitTokens } from './tokens.ts';
import type { FakePart, FakeRequest } from './wire.ts';

export interface AnswerHead {
  responseId: string;
  modelVersion: string;
}

/** Probabilities are in the answer if they are asked for; the most likely token is always the one that was taken. */
type Asked = Pick<FakeRequest, 'generationConfig'>;

/** An answer as the object that it is when it is not streamed. */
export function toAnswer(answer: FakeAnswer, head: AnswerHead, usage: FakeUsage, asked: Asked): object {
  if (answer.blockReason !== null) {
    return { promptFeedback: { blockReason: answer.blockReason }, usageMetadata: toUsageMetadata(usage), ...head };
  }
  const candidates = answer.candidates.map((candidate, index) =>
    toCandidate(candidate, candidate.parts, index, true, asked),
  );
  return { candidates, usageMetadata: toUsageMetadata(usage), ...head };
}

export interface AnswerPiece {
  piece: (usage: FakeUsage) => object;
  /** Tokens that the caller owes once this has been written. */
  tokens: Pick<FakeUsage, 'candidates' | 'image' | 'thoughts'>;
}

/**
 * The same answer as the pieces of a stream: a text token by token, with its signature on an empty text at the end; all
 * else whole.
 */
export function toPieces(answer: FakeAnswer, head: AnswerHead, asked: Asked): AnswerPiece[] {
  const none = { candidates: 0, image: 0, thoughts: 0 };
  if (answer.blockReason !== null) {
    return [{ piece: (usage) => toAnswer(answer, head, usage, asked), tokens: none }];
  }
  const pieces = answer.candidates.flatMap((candidate, index) => {
    const parts = candidate.parts.flatMap(toSmallParts);
    const last: FakePart[] = parts.length === 0 ? [{ text: '' }] : [];
    return [...parts, ...last].map((part, position, all): AnswerPiece => {
      const isLast = position === all.length - 1;
      const shown = toCandidate(candidate, [part], index, isLast, asked);
      return {
        piece: (usage) => ({ candidates: [shown], usageMetadata: toUsageMetadata(usage), ...head }),
        tokens: { ...none, candidates: part.text && part.thought !== true ? 1 : 0 },
      };
    });
  });
  const [first] = pieces;
  if (first !== undefined) first.tokens = { ...first.tokens, thoughts: answer.thoughtTokens };
  const streamed = pieces.reduce((sum, { tokens }) => sum + tokens.candidates, 0);
  const whole = answer.candidates.reduce((sum, { tokens }) => sum + tokens, 0);
  const image = answer.candidates.reduce((sum, { imageTokens }) => sum + imageTokens, 0);
  const end = pieces.at(-1);
  if (end !== undefined) end.tokens = { ...end.tokens, candidates: end.tokens.candidates + whole - streamed, image };
  return pieces;
}

function toSmallParts(part: FakePart): FakePart[] {
  const { text, thoughtSignature, ...rest } = part;
  if (text === undefined) return [part];
  const pieces: FakePart[] = splitTokens(text).map((token) => ({ ...rest, text: token }));
  return thoughtSignature === undefined ? pieces : [...pieces, { text: '', thoughtSignature }];
}

function toCandidate(
  candidate: FakeCandidate,
  parts: readonly FakePart[],
  index: number,
  isLast: boolean,
  asked: Asked,
) {
  const { finishReason, finishMessage } = candidate;
  return {
    ...(parts.length > 0 && { content: { parts, role: 'model' } }),
    ...(isLast && { finishReason, ...(finishMessage !== undefined && { finishMessage }) }),
    index,
    ...toLogprobs(parts, asked),
  };
}

function toLogprobs(parts: readonly FakePart[], { generationConfig }: Asked) {
  if (generationConfig?.responseLogprobs !== true) return {};
  const tokens = parts.flatMap(({ text = '', thought }) => (thought === true ? [] : splitTokens(text)));
  const chosenCandidates = tokens.map((token) => ({ token, tokenId: token.length, logProbability: -0.25 }));
  const top = generationConfig.logprobs ?? 0;
  const topCandidates = chosenCandidates.map((one) => ({
    candidates: Array.from({ length: top }, (_, rank) => ({ ...one, logProbability: -0.25 - rank })),
  }));
  return { logprobsResult: { chosenCandidates, ...(top > 0 && { topCandidates }) } };
}

/** Zeros are left out. Thoughts are counted beside the candidates, cached tokens inside the prompt. */
function toUsageMetadata(usage: FakeUsage): object {
  const { prompt, promptAudio, promptImage, cached, candidates, image, thoughts } = usage;
  const details = [
    { modality: 'TEXT', tokenCount: prompt - promptAudio - promptImage },
    { modality: 'IMAGE', tokenCount: promptImage },
    { modality: 'AUDIO', tokenCount: promptAudio },
  ].filter(({ tokenCount }) => tokenCount > 0);
  return {
    promptTokenCount: prompt,
    ...(candidates > 0 && { candidatesTokenCount: candidates }),
    totalTokenCount: prompt + candidates + thoughts,
    ...(cached > 0 && {
      cachedContentTokenCount: cached,
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cached }],
    }),
    promptTokensDetails: details,
    ...(image > 0 && { candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: image }] }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
