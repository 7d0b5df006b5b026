import { AppError } from '@aggregator/contracts';
import { DroppedParams, type FieldFate, ownFields } from '@aggregator/providers';

export type Fates<Field extends string> = Readonly<Record<Field, FieldFate>>;

/** Why a field is refused, for the caller; it ends the sentence `'x' is not supported here: …`. */
export type Reasons<Field extends string> = Readonly<Partial<Record<Field, string>>>;

/** Kinds that can be named in a header. */
const plainName = /^[\w.-]{1,58}$/;

/** One request's fields against a surface's table: what is refused is an error, what is dropped is named once. */
export class FieldJudge<Field extends string> {
  readonly dropped = new DroppedParams();
  readonly #fates: Fates<Field>;
  readonly #reasons: Reasons<Field>;
  #refusal: AppError | null = null;

  constructor(fates: Fates<Field>, reasons: Reasons<Field>) {
    this.#fates = fates;
    this.#reasons = reasons;
  }

  /**
   * Judges the fields at the top of a body. A null means what its absence means; `asksNothing` names values that do, too.
   */
  judgeBody(body: Readonly<Record<string, unknown>>, asksNothing: (name: string, value: unknown) => boolean): void {
    for (const name of Object.keys(body)) {
      const value = body[name];
      if (value === null || value === undefined || ownFields.has(name) || asksNothing(name, value)) continue;
      if (this.#knows(name)) this.attempt(() => this.takes(name, name));
      else this.dropped.note(name);
    }
  }

  /**
   * True if the field goes over; one that is dropped is noted.
   * @throws {AppError} `unsupported_parameter` with `param`, which is where the caller wrote it
   */
  takes(field: Field, param: string = field): boolean {
    const fate = this.#fates[field];
    if (fate === 'refused') throw notSupported(param, this.#reasons[field]);
    if (fate === 'dropped') this.dropped.note(field);
    return fate === 'mapped';
  }

  /**
   * The same for a kind of item, block or tool. One that the table does not know is refused, since its
   * effect on the answer is unknown.
   */
  takesKind(family: string, type: string, param: string): boolean {
    const field = `${family}.${type}`;
    if (this.#knows(field)) return this.takes(field, param);
    throw notSupported(param, `the kind '${type.slice(0, 64)}' is not known`);
  }

  /** The first error of a part that could not be read; null if all could. */
  get refusal(): AppError | null {
    return this.#refusal;
  }

  /** Returns what `read` makes of a part, or null if it throws a caller's error, which is kept. */
  attempt<Result>(read: () => Result): Result | null {
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      this.#refusal ??= thrown;
      return null;
    }
  }

  /**
   * True if a tool goes over. One that is the work of a vendor's servers is dropped and named by its kind, and so is one that
   * is not known: a model can answer without it.
   */
  takesTool(type: string): boolean {
    const field = `tools.${type}`;
    if (this.#knows(field) && this.#fates[field] === 'mapped') return true;
    this.dropped.note(plainName.test(type) ? field : 'tools');
    return false;
  }

  #knows(name: string): name is Field {
    return Object.hasOwn(this.#fates, name);
  }
}

/** The error for what a surface cannot carry over to any provider. */
export function notSupported(param: string, reason = 'no provider could be asked for it'): AppError {
  return new AppError('unsupported_parameter', { param, message: `'${param}' is not supported here: ${reason}.` });
}
