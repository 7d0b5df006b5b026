import { isRecord, type ReasoningDetail, reasoningDetail } from '@aggregator/contracts';

/** What a message says, or a delta adds to one. */
export type Piece = ReasoningPiece | EncryptedPiece | TextPiece | RefusalPiece | CallPiece;

export interface ReasoningPiece {
  readonly kind: 'reasoning';
  readonly text: string;
  /** Pieces of one thought share it; null if the provider does not separate thoughts. */
  readonly group: number | null;
  readonly signature: string | null;
  /** Whose signature it is. */
  readonly format: string | null;
}

/** What only the provider can read, to be given back to it. */
export interface EncryptedPiece {
  readonly kind: 'encrypted';
  readonly detail: ReasoningDetail;
}

export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
}

export interface RefusalPiece {
  readonly kind: 'refusal';
  readonly text: string;
}

export interface CallPiece {
  readonly kind: 'call';
  /** Which of the answer's calls it belongs to. */
  readonly call: number;
  readonly id: string | null;
  readonly name: string | null;
  /** Arguments as JSON text, or the input of a custom tool, in part. */
  readonly text: string;
  readonly isCustom: boolean;
}

type Said = Readonly<Record<string, unknown>>;

/** Calls beyond it are none that a model makes. */
const callsMax = 1024;

/** Read by hand, since a schema for each delta would cost more than the rest of the translation. */
export function readPieces(said: Said): Piece[] {
  const pieces: Piece[] = [];
  readReasoning(said, pieces);
  if (typeof said.content === 'string' && said.content !== '') pieces.push({ kind: 'text', text: said.content });
  if (typeof said.refusal === 'string' && said.refusal !== '') pieces.push({ kind: 'refusal', text: said.refusal });
  if (!Array.isArray(said.tool_calls)) return pieces;
  for (const [at, call] of said.tool_calls.entries()) {
    const piece = isRecord(call) ? readCall(call, at) : null;
    if (piece !== null) pieces.push(piece);
  }
  return pieces;
}

/** The same text is in the details and beside them. The details are read first, because they have the signatures. */
function readReasoning(said: Said, pieces: Piece[]): void {
  let hasText = false;
  for (const value of Array.isArray(said.reasoning_details) ? said.reasoning_details : []) {
    const parsed = reasoningDetail.safeParse(value);
    if (!parsed.success) continue;
    const { type, index, format, text, summary, signature } = parsed.data;
    if (type === 'reasoning.encrypted') {
      pieces.push({ kind: 'encrypted', detail: parsed.data });
      continue;
    }
    const words = text ?? summary ?? '';
    hasText ||= words !== '';
    pieces.push({
      kind: 'reasoning',
      text: words,
      group: index ?? null,
      signature: signature || null,
      format: format ?? null,
    });
  }
  if (hasText) return;
  const text = readText(said.reasoning_content) || readText(said.reasoning);
  if (text === '') return;
  // A signature without words in the same breath ends the thought.
  pieces.unshift({ kind: 'reasoning', text, group: null, signature: null, format: null });
}

function readCall(call: Said, at: number): CallPiece | null {
  const index = typeof call.index === 'number' ? call.index : at;
  if (!Number.isInteger(index) || index < 0 || index >= callsMax) return null;
  const isCustom = isRecord(call.custom);
  const named = isRecord(call.custom) ? call.custom : isRecord(call.function) ? call.function : {};
  return {
    kind: 'call',
    call: index,
    id: readText(call.id) || null,
    name: readText(named.name) || null,
    text: readText(isCustom ? named.input : named.arguments),
    isCustom,
  };
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
