import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { TokenizerFamily } from './families.ts';
import { readFeatures, type TextFeatures } from './text-features.ts';

/** Bounds the work on one estimate, so that it blocks no other request for more than about 20 ms. */
export interface CountBudget {
  /** UTF-16 units that are tokenised; of a longer text, samples of it. */
  readonly charactersMax: number;
  /** No further sample is begun after this. */
  readonly timeMs: number;
  /** Milliseconds. */
  now(): number;
}

export const defaultBudget: CountBudget = { charactersMax: 24_576, timeMs: 12, now: () => performance.now() };

/** UTF-16 units. The tokenizer's time grows with the square of the longest word, so that a piece is short. */
const pieceLength = 512;
/** Samples that are taken at any time of the clock. */
const piecesMin = 4;
/** Text like a special token (`<|endoftext|>`) is text. */
const asText = { disallowedSpecial: new Set<string>() };

/**
 * Returns the tokens of texts. Up to `budget.charactersMax` units are counted whole; of more, evenly spread samples are, and
 * the rest is taken for the same.
 */
export function countTexts(texts: readonly string[], family: TokenizerFamily, budget = defaultBudget): number {
  const pieces = new Pieces(texts);
  const all = pieces.units;
  if (all === 0) return 0;
  const { charactersMax, now, timeMs } = budget;
  const endMs = now() + timeMs;
  let [seen, tokens] = [0, 0];
  let taken = 0;
  for (const index of spread(pieces.count)) {
    const piece = pieces.read(index);
    if (taken >= piecesMin && (seen + piece.length > charactersMax || now() > endMs)) break;
    taken += 1;
    seen += piece.length;
    tokens += countPiece(piece, family);
  }
  return Math.ceil((tokens * all) / seen);
}

function countPiece(piece: string, family: TokenizerFamily): number {
  const tokens = countTokens(piece, asText);
  return family.name === 'o200k' ? tokens : tokens * factorOf(readFeatures(piece), tokens, family);
}

function factorOf({ shares, digitsBeyondGroups }: TextFeatures, tokens: number, family: TokenizerFamily): number {
  const script = shares.latin * family.latin + shares.cyrillic * family.cyrillic + shares.cjk * family.cjk;
  return family.splitsDigits && tokens > 0 ? script + digitsBeyondGroups / tokens : script;
}

/** The pieces of texts, cut when they are read: of a long text only a few are. */
class Pieces {
  readonly #texts: readonly string[];
  /** Number of the first piece of each text. */
  readonly #firsts: number[] = [];
  readonly count: number;
  /** UTF-16 units of all. */
  readonly units: number;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    let [count, units] = [0, 0];
    for (const text of texts) {
      this.#firsts.push(count);
      count += Math.ceil(text.length / pieceLength);
      units += text.length;
    }
    this.count = count;
    this.units = units;
  }

  read(index: number): string {
    // The last text that begins there or before; texts without a piece begin where the next one does.
    let [low, high] = [0, this.#firsts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#firsts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    const text = this.#texts[low] ?? '';
    const at = index - (this.#firsts[low] ?? 0);
    return text.slice(edgeOf(text, at * pieceLength), edgeOf(text, (at + 1) * pieceLength));
  }
}

/** Returns where a piece ends that ends at `full` or shortly before: after white space, if there is some near it. */
function edgeOf(text: string, full: number): number {
  if (full === 0 || full >= text.length) return Math.min(full, text.length);
  for (let end = full; end > full - pieceLength / 4; end -= 1) {
    // A word begins with its space.
    if (text.charCodeAt(end) === 0x20 || text.charCodeAt(end - 1) === 0x0a) return end;
  }
  const isWithinPair = (text.charCodeAt(full - 1) & 0xfc00) === 0xd800;
  return isWithinPair ? full - 1 : full;
}

/** The numbers below `count`, in an order whose every beginning is spread evenly: 0, 1/2, 1/4, 3/4, … */
function* spread(count: number): Generator<number> {
  const bits = Math.ceil(Math.log2(Math.max(2, count)));
  for (let place = 0; place < 2 ** bits; place += 1) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit += 1) if (place & (1 << bit)) reversed |= 1 << (bits - 1 - bit);
    if (reversed < count) yield reversed;
  }
}
