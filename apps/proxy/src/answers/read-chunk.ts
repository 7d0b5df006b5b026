import { isRecord } from '@aggregator/contracts';

/** A chat completion chunk as far as resuming one touches it; everything else in it stays as it is. */
export interface ChunkRecord extends Record<string, unknown> {
  readonly choices: ChunkChoice[];
}

export interface ChunkChoice extends Record<string, unknown> {
  readonly delta: Record<string, unknown>;
  readonly finish_reason: string | null;
}

/** Null for a text that is no chunk. The objects are new: the reader may change them. */
export function readChunk(text: string): ChunkRecord | null {
  return toChunkRecord(JSON.parse(text));
}

/** The same of a chunk that is parsed already. */
export function toChunkRecord(value: unknown): ChunkRecord | null {
  if (!isRecord(value) || !Array.isArray(value.choices)) return null;
  const choices = value.choices.filter(isRecord).map(toChoice);
  return { ...value, choices };
}

function toChoice(choice: Record<string, unknown>): ChunkChoice {
  const { delta, finish_reason: finishReason } = choice;
  return {
    ...choice,
    delta: isRecord(delta) ? { ...delta } : {},
    finish_reason: typeof finishReason === 'string' && finishReason !== '' ? finishReason : null,
  };
}
