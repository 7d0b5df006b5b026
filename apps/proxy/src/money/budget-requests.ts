import { AppError, type BudgetGrantAnswer, budgetGrantAnswer, requestCostNanoUsdMax } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { InternalClient } from '@aggregator/service-kit';
import { toBudgetError } from './budget-error.ts';
import type { RequestBudget } from './request-budgets.ts';

type Answer = BudgetGrantAnswer['budgets'][number];

interface Waiter {
  readonly budgets: readonly RequestBudget[];
  readonly neededNanoUsd: bigint;
  resolve(): void;
  reject(error: AppError): void;
}

/** What billing takes in one call. */
const budgetsPerCallMax = 64;
/** How long a budget of which the ledger has nothing left is not asked for again. */
const quietMs = 2000;
const quietMax = 10_000;

/**
 * Asks billing for room of budgets on behalf of requests that found too little at the counter store. One call at a time for
 * each organisation: who comes while it is under way shares the next one.
 */
export class BudgetRequests {
  readonly #billing: Pick<InternalClient, 'call'>;
  readonly #now: () => number;
  readonly #waiting = new Map<string, Waiter[]>();
  /** Budgets with nothing left, by subject and limit: what the store gets back is still used, since it is asked first. */
  readonly #exhausted = new Map<string, { untilMs: number; answer: Answer }>();

  /** @param now Unix milliseconds. */
  constructor(billing: Pick<InternalClient, 'call'>, now: () => number) {
    this.#billing = billing;
    this.#now = now;
  }

  /**
   * Resolves if room was granted of each of these budgets, which others may take first.
   * @throws {AppError} `budget_exceeded` if one has nothing left; `billing_unavailable` if no store can be asked.
   */
  async ask(orgId: string, budgets: readonly RequestBudget[], neededNanoUsd: bigint): Promise<void> {
    this.#refuseKnown(budgets, neededNanoUsd);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { budgets, neededNanoUsd, resolve, reject };
    const waiting = this.#waiting.get(orgId);
    if (waiting === undefined) {
      this.#waiting.set(orgId, [waiter]);
      void this.#serve(orgId);
    } else waiting.push(waiter);
    await promise;
  }

  #refuseKnown(budgets: readonly RequestBudget[], neededNanoUsd: bigint): void {
    if (this.#exhausted.size === 0) return;
    for (const budget of budgets) {
      const known = this.#exhausted.get(nameOf(budget));
      if (known === undefined) continue;
      if (this.#now() < known.untilMs) throw this.#toError(budget, known.answer, neededNanoUsd);
      this.#exhausted.delete(nameOf(budget));
    }
  }

  async #serve(orgId: string): Promise<void> {
    for (;;) {
      const waiting = this.#waiting.get(orgId) ?? [];
      if (waiting.length === 0) break;
      const batch = takeBatch(waiting);
      this.#waiting.set(orgId, waiting.slice(batch.length));
      await this.#serveBatch(orgId, batch);
    }
    this.#waiting.delete(orgId);
  }

  async #serveBatch(orgId: string, batch: readonly Waiter[]): Promise<void> {
    let answers: Map<string, Answer>;
    try {
      answers = await this.#call(orgId, batch);
    } catch (cause) {
      const error = new AppError('billing_unavailable', { internal: 'no room of a budget', cause, retryAfterMs: 1000 });
      for (const waiter of batch) waiter.reject(error);
      return;
    }
    for (const { budgets, neededNanoUsd, resolve, reject } of batch) {
      const exceeded = budgets.find((budget) => answers.get(budget.subject)?.result === 'exceeded');
      const answer = exceeded && answers.get(exceeded.subject);
      if (exceeded === undefined || answer === undefined) resolve();
      else reject(this.#toError(exceeded, answer, neededNanoUsd));
    }
  }

  async #call(orgId: string, batch: readonly Waiter[]): Promise<Map<string, Answer>> {
    const needs = sumNeeds(batch);
    const { budgets: answers } = await this.#billing.call({
      method: 'POST',
      path: '/internal/budgets/grants',
      body: { orgId, budgets: [...needs.values()].map(toWanted) },
      answer: budgetGrantAnswer,
    });
    const bySubject = new Map<string, Answer>();
    for (const [index, { budget }] of [...needs.values()].entries()) {
      const answer = answers[index];
      if (answer === undefined) throw new AppError('service_unavailable', { internal: 'an answer is missing' });
      bySubject.set(budget.subject, answer);
      if (answer.result === 'exceeded') this.#note(budget, answer);
    }
    return bySubject;
  }

  #note(budget: RequestBudget, answer: Answer): void {
    if (this.#exhausted.size >= quietMax) this.#exhausted.clear();
    this.#exhausted.set(nameOf(budget), { untilMs: this.#now() + quietMs, answer });
  }

  #toError(budget: RequestBudget, answer: Answer, neededNanoUsd: bigint): AppError {
    const use = { spentNanoUsd: BigInt(answer.spentNanoUsd), usedNanoUsd: BigInt(answer.usedNanoUsd) };
    return toBudgetError(budget, use, neededNanoUsd, this.#now());
  }
}

interface Need {
  readonly budget: RequestBudget;
  neededNanoUsd: bigint;
}

function sumNeeds(batch: readonly Waiter[]): Map<string, Need> {
  const needs = new Map<string, Need>();
  for (const { budgets, neededNanoUsd } of batch) {
    for (const budget of budgets) {
      const before = needs.get(budget.subject)?.neededNanoUsd ?? 0n;
      needs.set(budget.subject, { budget, neededNanoUsd: before + neededNanoUsd });
    }
  }
  return needs;
}

/** As many from the front as one call takes. */
function takeBatch(waiting: readonly Waiter[]): readonly Waiter[] {
  const subjects = new Set<string>();
  for (const [index, { budgets }] of waiting.entries()) {
    for (const { subject } of budgets) subjects.add(subject);
    if (subjects.size > budgetsPerCallMax) return waiting.slice(0, Math.max(1, index));
  }
  return waiting;
}

function toWanted({ budget: { budget, period, limitNanoUsd, endsMs }, neededNanoUsd }: Need) {
  return {
    ...{ id: budget.id, period, limitNanoUsd: formatNanoUsd(limitNanoUsd) },
    neededNanoUsd: formatNanoUsd(neededNanoUsd < requestCostNanoUsdMax ? neededNanoUsd : requestCostNanoUsdMax),
    endsAt: endsMs === null ? null : new Date(endsMs).toISOString(),
  };
}

/** A limit that was raised is not refused for the old one. */
function nameOf({ subject, limitNanoUsd }: RequestBudget): string {
  return `${subject} ${limitNanoUsd}`;
}
