import type { CompiledPolicy } from '../compile-policy.ts';
import { type Span, tooManyValues } from '../detectors/detector.ts';
import { type Kind, labels } from '../labels.ts';
import { findValues } from './find-values.ts';
import { maskJson } from './mask-json.ts';
import { readLetters, viewPlainly } from './plain-view.ts';
import type { TextMasker } from './text-masker.ts';

/** Text next to a placeholder can look different than next to a value; so a text is looked through until nothing is left. */
const roundsMax = 8;
/** Values of one request. They are kept until its answer is over, and an answer is searched for all of them. */
const valuesMax = 50_000;

/**
 * Masks the texts of one request, the same value by the same placeholder in all of them. `reserved` are names of
 * placeholders (`EMAIL_1`) that the request itself says: they are never given to a value, so an answer that says them means
 * what the request meant.
 */
export class Masker implements TextMasker {
  readonly #policy: CompiledPolicy;
  readonly #reserved: ReadonlySet<string>;
  readonly #values = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();
  /** Texts that were masked: what a request says twice is masked once. */
  readonly #known = new Map<string, string>();

  constructor(policy: CompiledPolicy, reserved: ReadonlySet<string>) {
    this.#policy = policy;
    this.#reserved = reserved;
  }

  /** Values by the names of their placeholders. */
  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  readonly maskText = (text: string): string => {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const masked = this.#mask(text);
    this.#known.set(text, masked);
    return masked;
  };

  #mask(text: string): string {
    let masked = text;
    for (let round = 0; round < roundsMax; round += 1) {
      const view = viewPlainly(masked);
      const spans = findValues(view.text, this.#policy.detectors);
      if (spans.length === 0) break;
      masked = this.#replace(masked, spans, view.toWritten);
    }
    return masked;
  }

  readonly maskJson = (json: string): string => maskJson(json, this.maskText);

  /** True if there is anything to mask. */
  isPersonal(text: string): boolean {
    return findValues(viewPlainly(text).text, this.#policy.detectors).length > 0;
  }

  #replace(written: string, spans: readonly Span[], toWritten: (at: number) => number): string {
    let masked = '';
    let from = 0;
    for (const { start, end, kind } of spans) {
      const [first, last] = [toWritten(start), toWritten(end)];
      masked += `${written.slice(from, first)}[${this.#nameValue(kind, readLetters(written.slice(first, last)))}]`;
      from = last;
    }
    return masked + written.slice(from);
  }

  #nameValue(kind: Kind, value: string): string {
    const key = `${kind}\n${value}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= valuesMax) throw tooManyValues(valuesMax);
    let count = this.#counts.get(kind) ?? 0;
    let name: string;
    do {
      count += 1;
      name = `${labels[kind]}_${count}`;
    } while (this.#reserved.has(name));
    this.#counts.set(kind, count);
    this.#names.set(key, name);
    this.#values.set(name, value);
    return name;
  }
}
