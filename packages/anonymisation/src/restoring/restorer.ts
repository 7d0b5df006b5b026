import {
  isWordCharacter,
  type KnownPlaceholders,
  type RestoreMode,
  readPlaceholder,
  readUnit,
} from './read-placeholder.ts';

/** Puts the values back into a text that comes in fragments. */
export interface Restorer {
  /** Returns the text that can be passed on by now. */
  push(fragment: string): string;
  /** Returns the text that was held back: never more than the longest placeholder. Afterwards a new text may begin. */
  end(): string;
}

export class PlaceholderRestorer implements Restorer {
  readonly #known: KnownPlaceholders;
  readonly #mode: RestoreMode;
  /** Beginnings that are worth a look: a placeholder, or something escaped, begins with one of these. */
  readonly #beginnings: RegExp;
  #held = '';
  /** The text before the text that is held. */
  #before = '';

  constructor(known: KnownPlaceholders, mode: RestoreMode) {
    this.#known = known;
    this.#mode = mode;
    const initials = known.labels.map((label) => label.charAt(0)).join('');
    this.#beginnings = new RegExp(`[\\[${initials}${mode === 'json' ? '\\\\' : ''}]`, 'g');
  }

  push(fragment: string): string {
    return this.#restore(this.#held + fragment, false);
  }

  end(): string {
    const rest = this.#restore(this.#held, true);
    this.#before = '';
    return rest;
  }

  #restore(text: string, isEnd: boolean): string {
    let restored = '';
    let from = 0;
    let before = this.#before;
    let beforeAt = 0;
    for (let at = this.#findBeginning(text, 0); at !== -1; ) {
      const previous = at === beforeAt ? before : text.charAt(at - 1);
      const isAfterWord = isWordCharacter(previous);
      const reading = readPlaceholder(text, at, this.#mode, this.#known, { isAfterWord, isEnd });
      const unit = readUnit(text, at, this.#mode);
      if (reading === 'partial' || (unit === 'partial' && !isEnd)) {
        this.#hold(text, at, previous);
        return restored + text.slice(from, at);
      }
      let next = at + 1;
      if (reading !== null) {
        restored += text.slice(from, at) + reading.value;
        from = reading.end;
        next = reading.end;
        [before, beforeAt] = [']', next];
      } else if (unit !== null && unit !== 'partial') {
        next = unit.end;
        [before, beforeAt] = [unit.character, next];
      }
      at = this.#findBeginning(text, next);
    }
    this.#hold(text, text.length, text.length === beforeAt ? before : text.charAt(text.length - 1));
    return restored + text.slice(from);
  }

  #hold(text: string, at: number, previous: string): void {
    this.#held = text.slice(at);
    this.#before = previous;
  }

  #findBeginning(text: string, from: number): number {
    this.#beginnings.lastIndex = from;
    return this.#beginnings.exec(text)?.index ?? -1;
  }
}
