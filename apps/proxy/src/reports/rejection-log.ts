import { type AppError, type Rejection, rejectionsMax } from '@aggregator/contracts';

/** Of one organisation in one report: a flood of one must not hide what happens to the others. */
const ofOrganizationMax = 20;
const paramCharactersMax = 200;
const messageCharactersMax = 1000;

/**
 * Why requests were rejected, until the next report to billing. A bounded sample: the first ones of each organisation, and
 * of all together.
 */
export class RejectionLog {
  #pending: Rejection[] = [];
  #counts = new Map<string, number>();
  readonly #now: () => number;

  /** @param now Unix milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  note({ requestId, orgId }: Pick<Rejection, 'requestId' | 'orgId'>, { code, param, publicMessage }: AppError): void {
    const count = this.#counts.get(orgId) ?? 0;
    if (this.#pending.length >= rejectionsMax || count >= ofOrganizationMax) return;
    this.#counts.set(orgId, count + 1);
    this.#pending.push({
      ...{ requestId, orgId, code, time: new Date(this.#now()).toISOString() },
      param: param === undefined ? null : toStorable(param.slice(0, paramCharactersMax)),
      message: toStorable(publicMessage.slice(0, messageCharactersMax)),
    });
  }

  /** Returns what was noted since the last call. */
  take(): readonly Rejection[] {
    const taken = this.#pending;
    this.#pending = [];
    this.#counts.clear();
    return taken;
  }
}

/** Billing refuses NUL and halves of surrogate pairs, and with them the whole report. */
function toStorable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
