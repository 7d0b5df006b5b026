import type { PrivacyPolicy } from '@aggregator/contracts';
import { compilePolicy } from '../compile-policy.ts';
import { Masker } from './masker.ts';
import { readReservedNames } from './reserved-names.ts';
import type { TextMasker } from './text-masker.ts';

/** Texts of one request that are masked elsewhere, in plain values that can be sent to a thread. */
export interface MaskingJob {
  readonly policy: PrivacyPolicy;
  readonly tasks: readonly MaskingTask[];
  /** Texts of the whole request: placeholders that they say are given to no value. */
  readonly reserving: readonly string[];
}

export interface MaskingTask {
  readonly kind: 'text' | 'json' | 'personal';
  readonly text: string;
}

export interface MaskingOutcome {
  /** For each task the masked text, or null if nothing was masked; for `personal` any text if there is something. */
  readonly masked: readonly (string | null)[];
  /** Values by the names of their placeholders. */
  readonly values: ReadonlyMap<string, string>;
}

/** Masks the texts of a job. @throws {AppError} `request_too_large` for too many values. */
export function runMaskingJob({ policy, tasks, reserving }: MaskingJob): MaskingOutcome {
  const masker = new Masker(compilePolicy(policy), readReservedNames(reserving));
  const masked = tasks.map(({ kind, text }) => {
    if (kind === 'personal') return masker.isPersonal(text) ? text : null;
    const safe = kind === 'text' ? masker.maskText(text) : masker.maskJson(text);
    return safe === text ? null : safe;
  });
  return { masked, values: masker.values };
}

/** Notes what a masker is asked for, in its order. */
export class MaskingRecorder implements TextMasker {
  readonly tasks: MaskingTask[] = [];

  readonly maskText = (text: string): string => this.#note('text', text);
  readonly maskJson = (json: string): string => this.#note('json', json);

  isPersonal(text: string): boolean {
    this.#note('personal', text);
    return false;
  }

  #note(kind: MaskingTask['kind'], text: string): string {
    this.tasks.push({ kind, text });
    return text;
  }
}

/** Gives the outcomes of a job to the one that asks for the same, in the same order. */
export class MaskingReplay implements TextMasker {
  readonly #masked: readonly (string | null)[];
  #at = 0;

  constructor({ masked }: MaskingOutcome) {
    this.#masked = masked;
  }

  readonly maskText = (text: string): string => this.#next() ?? text;
  readonly maskJson = (json: string): string => this.#next() ?? json;

  isPersonal(): boolean {
    return this.#next() !== null;
  }

  /** @throws {RangeError} if more is asked for than the job had: nothing may go out unmasked. */
  #next(): string | null {
    const masked = this.#masked[this.#at];
    if (masked === undefined) throw new RangeError(`a masking job of ${this.#masked.length} texts is short`);
    this.#at += 1;
    return masked;
  }
}
