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

/** Tasks by what they say: what is asked for twice is masked once. */
class TaskIndex {
  readonly #places: Readonly<Record<MaskingTask['kind'], Map<string, number>>> = {
    text: new Map(),
    json: new Map(),
    personal: new Map(),
  };

  find({ kind, text }: MaskingTask): number | null {
    return this.#places[kind].get(text) ?? null;
  }

  add({ kind, text }: MaskingTask, at: number): void {
    this.#places[kind].set(text, at);
  }
}

/** Notes what a masker is asked for, in its order, each text once. */
export class MaskingRecorder implements TextMasker {
  readonly tasks: MaskingTask[] = [];
  readonly #index = new TaskIndex();

  readonly maskText = (text: string): string => this.#note('text', text);
  readonly maskJson = (json: string): string => this.#note('json', json);

  isPersonal(text: string): boolean {
    this.#note('personal', text);
    return false;
  }

  #note(kind: MaskingTask['kind'], text: string): string {
    const task = { kind, text };
    if (this.#index.find(task) === null) this.#index.add(task, this.tasks.push(task) - 1);
    return text;
  }
}

/** Gives the outcomes of a job to the one that asks for the same. */
export class MaskingReplay implements TextMasker {
  readonly #masked: readonly (string | null)[];
  readonly #index = new TaskIndex();

  constructor(tasks: readonly MaskingTask[], { masked }: MaskingOutcome) {
    this.#masked = masked;
    for (const [at, task] of tasks.entries()) this.#index.add(task, at);
  }

  readonly maskText = (text: string): string => this.#find('text', text) ?? text;
  readonly maskJson = (json: string): string => this.#find('json', json) ?? json;

  isPersonal(text: string): boolean {
    return this.#find('personal', text) !== null;
  }

  /** @throws {RangeError} if something else is asked for than the job had: nothing may go out unmasked. */
  #find(kind: MaskingTask['kind'], text: string): string | null {
    const at = this.#index.find({ kind, text });
    const masked = at === null ? undefined : this.#masked[at];
    if (masked === undefined) throw new RangeError(`a masking job of ${this.#masked.length} texts is short`);
    return masked;
  }
}
