import { isRecord, parseRecord } from '@aggregator/contracts';
import { ChoiceRestorer } from './choice-restorer.ts';
import type { Vault } from './vault.ts';

/**
 * Puts the values back into chat completion chunks as they come. A fragment that is not yet decided is held back, a placeholder's
 * length at most for each text; it is sent with the next chunk that decides it, at the latest with the choice's finish.
 */
export interface ChunkRestorer {
  /** JSON text of a chunk in, JSON text of a chunk out: the very same text if nothing changed. */
  push(chunk: string): string;
  /** The same for a parsed chunk; it is not changed, and is returned itself if nothing changed. */
  pushRecord(chunk: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** After a stream that broke off: one more chunk with all that is held back, null if nothing is. */
  flush(): string | null;
}

export function createChunkRestorer(vault: Vault): ChunkRestorer {
  if (vault.isEmpty) return { push: (chunk) => chunk, pushRecord: (chunk) => chunk, flush: () => null };
  return new VaultChunkRestorer(vault);
}

const choicesMax = 1024;

class VaultChunkRestorer implements ChunkRestorer {
  readonly #vault: Vault;
  readonly #choices = new Map<number, ChoiceRestorer>();
  #head: Record<string, unknown> = {};

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  push(chunk: string): string {
    const parsed = parseRecord(chunk);
    if (parsed === null) return chunk;
    const restored = this.pushRecord(parsed);
    return restored === parsed ? chunk : JSON.stringify(restored);
  }

  pushRecord(chunk: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const { choices } = chunk;
    if (!Array.isArray(choices) || choices.length === 0) return chunk;
    const { id, object, created, model } = chunk;
    this.#head = { id, object, created, model };
    const restored = choices.map((choice: unknown) => (isRecord(choice) ? this.#restoreChoice(choice) : choice));
    return restored.some((choice, at) => choice !== choices[at]) ? { ...chunk, choices: restored } : chunk;
  }

  flush(): string | null {
    const choices: unknown[] = [];
    for (const [index, choice] of this.#choices) {
      const delta = choice.finish();
      if (delta !== null) choices.push({ index, delta, finish_reason: null });
    }
    this.#choices.clear();
    return choices.length === 0 ? null : JSON.stringify({ ...this.#head, choices });
  }

  #restoreChoice(choice: Record<string, unknown>): Record<string, unknown> {
    const index = typeof choice.index === 'number' ? choice.index : 0;
    const delta = isRecord(choice.delta) ? choice.delta : {};
    const isFinished = typeof choice.finish_reason === 'string' && choice.finish_reason !== '';
    const restorer = this.#choices.get(index) ?? new ChoiceRestorer(this.#vault);
    const isRemembered = !isFinished && (this.#choices.has(index) || this.#choices.size < choicesMax);
    if (isRemembered) this.#choices.set(index, restorer);
    else this.#choices.delete(index);
    const restored = restorer.push(delta, !isRemembered);
    return restored === delta ? choice : { ...choice, delta: restored };
  }
}
