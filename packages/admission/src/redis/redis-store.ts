import { randomUUID } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import type { RedisConnectionOptions } from '@aggregator/redis';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  toAdmitted,
  toBudgetRefusal,
  toConcurrencyRefusal,
  toCreditRefusal,
  toRateRefusal,
  toRefusedRates,
  toTakenRates,
} from '../answer.ts';
import {
  checkAdmitRequest,
  checkGrant,
  checkMoney,
  checkName,
  checkRaise,
  checkRate,
  checkRates,
  checkSettlement,
  checkSlice,
  checkSliceBooking,
  checkSlots,
  leaseMemoryMs,
  recallMs,
} from '../bounds.ts';
import { type ChargedRate, toMicros, toVerdict } from '../gcra.ts';
import type {
  AdmissionStore,
  AdmitAnswer,
  AdmitRequest,
  BudgetLimit,
  BudgetRooms,
  CounterSlices,
  HoldRaise,
  HoldSettlement,
  RaiseAnswer,
  RateLimit,
  RateVerdict,
  SliceBooking,
  SliceRequest,
  TakenRates,
  TakenSlice,
} from '../port.ts';
import { openCounterClient, waitForFirstConnection } from './client.ts';
import { type Operation, OrganisationBatches, type WrittenBudget, type WrittenRate } from './organisation-batches.ts';
import { readAnswers } from './read-answers.ts';
import { admitOutcome, raiseOutcome } from './scripts.ts';

export interface RedisAdmissionOptions extends RedisConnectionOptions {
  /** Before every key; stores with different prefixes do not meet. `agg:` by default. */
  keyPrefix?: string;
}

/**
 * The counter store in Redis (7 or later, `maxmemory-policy noeviction`). Connects in the background; a call rejects with
 * `service_unavailable` where Redis does not answer within `commandTimeoutMs`. Such a call may still have been carried
 * out: an admit left so is ended by its settlement or its TTL, a reclaim left so strands credit and creates none.
 */
export function createRedisAdmissionStore(options: RedisAdmissionOptions): AdmissionStore {
  return new RedisAdmissionStore(openCounterClient(options), options.keyPrefix ?? 'agg:', options.commandTimeoutMs);
}

const integer = z.coerce.number().int();
const integers = z.array(integer);

class RedisAdmissionStore implements AdmissionStore {
  readonly #client: Redis;
  readonly #keyPrefix: string;
  readonly #timeoutMs: number;
  readonly #firstConnection: Promise<void>;
  readonly #batches = new OrganisationBatches(
    (orgId, operations) => this.#runBatch(orgId, operations),
    (send) => this.#sendTogether(send),
  );

  readonly budgets: BudgetRooms = {
    grant: async (grant) => {
      checkGrant(grant);
      const { orgId, subject, amountNanoUsd, allottedNanoUsd, revision, ttlMs } = grant;
      const values = [subject, amountNanoUsd, allottedNanoUsd, revision, ttlMs ?? 0].map(String);
      return integer.parse(await this.#call('grantBudget', orgId, values)) === 1;
    },
    read: async ({ orgId, subject }) => {
      const [room = 0, held = 0, revision = 0] = integers.parse(await this.#call('readBudget', orgId, [subject]));
      return { roomNanoUsd: BigInt(room), heldNanoUsd: BigInt(held), revision: BigInt(revision) };
    },
    empty: async ({ orgId, subjects }) => {
      if (subjects.length > 0) await this.#call('emptyBudgets', orgId, subjects);
    },
  };

  readonly slices: CounterSlices = {
    take: (request) => this.#takeSlice(request),
    book: (booking) => this.#bookSlice(booking),
    recall: async (orgId) => {
      checkName(orgId);
      return integer.parse(await this.#call('recallSlices', orgId, [String(recallMs)]));
    },
  };

  constructor(client: Redis, keyPrefix: string, timeoutMs: number) {
    this.#client = client;
    this.#keyPrefix = keyPrefix;
    this.#timeoutMs = timeoutMs;
    this.#firstConnection = waitForFirstConnection(client, timeoutMs);
  }

  async admit(request: AdmitRequest): Promise<AdmitAnswer> {
    checkAdmitRequest(request);
    const charged = request.rates.map((limit) => toCharged(limit));
    const [outcome = -1, detail = 0, ...backlogs] = await this.#batches.add(request.orgId, {
      requestId: request.requestId,
      amount: String(request.holdNanoUsd),
      ttlMs: request.holdTtlMs,
      record: toRecord(request, charged),
      rates: charged.map(toWrittenRate),
      slots: request.concurrency,
      ...toWritten(request.budgets),
    });
    charged.forEach((rate, index) => {
      rate.backlogMicros = backlogs[index] ?? 0;
    });
    return toAnswer(request, charged, outcome, detail);
  }

  async raiseHold(raise: HoldRaise): Promise<RaiseAnswer> {
    checkRaise(raise);
    const { orgId, requestId, holdNanoUsd, budgets } = raise;
    const operation = { requestId, raiseTo: String(holdNanoUsd), ...toWritten(budgets) };
    const [outcome = -1, credit = 0] = await this.#batches.add(orgId, operation);
    if (outcome === raiseOutcome.absent) return { result: 'absent' };
    if (outcome === raiseOutcome.noCredit) return { result: 'no_credit', creditNanoUsd: BigInt(credit) };
    if (outcome === raiseOutcome.noBudget) return { result: 'no_budget', lacking: toLacking(budgets, credit) };
    if (outcome === raiseOutcome.raised) return { result: 'raised', creditNanoUsd: BigInt(credit) };
    throw new AppError('service_unavailable', { internal: `unknown outcome ${outcome}` });
  }

  async settle(settlement: HoldSettlement): Promise<void> {
    checkSettlement(settlement);
    await this.#batches.add(settlement.orgId, {
      requestId: settlement.requestId,
      actual: String(settlement.actualNanoUsd),
      costs: Object.entries(settlement.actualCosts).map(([subject, cost]) => ({ subject, cost })),
    });
  }

  async #takeSlice(request: SliceRequest): Promise<TakenSlice | null> {
    checkSlice(request);
    const { orgId, sliceId, holdNanoUsd, rates, concurrency, budgets, ...numbers } = request;
    const [isTaken, open = 0, requests = 0, credit = 0, ...backlogsMicros] = await this.#batches.add(orgId, {
      ...{ take: sliceId, amount: String(holdNanoUsd), ...numbers },
      ...{ rates: rates.map((limit) => toWrittenRate(toCharged(limit))), slots: concurrency },
      budgets: budgets.map(toWrittenBudget),
    });
    return isTaken === 1 ? { open, requests, creditNanoUsd: BigInt(credit), backlogsMicros } : null;
  }

  async #bookSlice(booking: SliceBooking): Promise<boolean> {
    checkSliceBooking(booking);
    const { orgId, sliceId, chargedNanoUsd, keptNanoUsd, open, costs, state, ttlMs } = booking;
    const [isThere] = await this.#batches.add(orgId, {
      ...{ book: sliceId, amount: String(keptNanoUsd), charged: String(chargedNanoUsd), open, ttlMs },
      costs: Object.entries(costs).map(([subject, cost]) => ({ subject, cost })),
      ...{ isActive: state === 'active', isEnded: state === 'ended' },
    });
    return isThere === 1;
  }

  async grantCredit(grant: { orgId: string; leaseId: string; amountNanoUsd: bigint }): Promise<bigint> {
    checkName(grant.orgId);
    checkName(grant.leaseId);
    checkMoney(grant.amountNanoUsd);
    const keys = [...this.#nameKeys(grant.orgId), `${this.#keyPrefix}{${grant.orgId}}:lease:${grant.leaseId}`];
    const values = [String(grant.amountNanoUsd), String(leaseMemoryMs)];
    return BigInt(integer.parse(await this.#run(() => this.#client.grantCredit(keys.length, ...keys, ...values))));
  }

  async reclaimCredit(reclaim: { orgId: string; maxNanoUsd: bigint }): Promise<bigint> {
    checkMoney(reclaim.maxNanoUsd);
    const keys = this.#nameKeys(reclaim.orgId);
    const reply = await this.#run(() => this.#client.reclaimCredit(keys.length, ...keys, String(reclaim.maxNanoUsd)));
    return BigInt(integer.parse(reply));
  }

  async countSlots({ orgId, subjects }: { orgId: string; subjects: readonly string[] }): Promise<readonly number[]> {
    checkName(orgId);
    checkSlots(subjects);
    return integers.parse(await this.#call('countSlots', orgId, subjects));
  }

  async readCredit(orgId: string): Promise<{ creditNanoUsd: bigint; heldNanoUsd: bigint; openHolds: number }> {
    const keys = this.#nameKeys(orgId);
    const reply = await this.#run(() => this.#client.readCredit(keys.length, ...keys));
    const [credit = 0, held = 0, openHolds = 0] = integers.parse(reply);
    return { creditNanoUsd: BigInt(credit), heldNanoUsd: BigInt(held), openHolds };
  }

  async takeRates({ orgId, rates }: { orgId: string; rates: readonly RateLimit[] }): Promise<TakenRates> {
    checkName(orgId);
    checkRates(rates);
    const charged = rates.map((limit) => toCharged(limit));
    const [outcome = -1, _detail, ...backlogs] = await this.#batches.add(orgId, {
      rates: charged.map(toWrittenRate),
    });
    charged.forEach((rate, index) => {
      rate.backlogMicros = backlogs[index] ?? 0;
    });
    if (outcome === admitOutcome.admitted) return toTakenRates(charged);
    const refusal = outcome === admitOutcome.rateLimited ? toRefusedRates(charged) : null;
    if (refusal === null) throw new AppError('service_unavailable', { internal: `unknown outcome ${outcome}` });
    return refusal;
  }

  async takeRate(limit: RateLimit): Promise<RateVerdict> {
    checkRate(limit);
    const charged = toCharged(limit);
    const key = `${this.#keyPrefix}rate:{${limit.subject}}`;
    const reply = await this.#run(() =>
      this.#client.takeRate(1, key, String(charged.micros), String(limit.ratePerMinute)),
    );
    const [isTaken = 0, backlogMicros = 0] = integers.parse(reply);
    return toVerdict({ ...charged, backlogMicros }, isTaken === 1);
  }

  /**
   * Two parts: an id that the first caller makes, lost together with the data, and the replication id of the server, which
   * is a new one after a restart and after the promotion of a replica. Either may lack the last writes.
   */
  async readEpoch(): Promise<string> {
    const key = `${this.#keyPrefix}epoch`;
    // Billing asks every second: both answers come in one round trip.
    const [found, replication] = await Promise.all([
      this.#run(() => this.#client.get(key)),
      this.#run(() => this.#client.info('replication')),
    ]);
    const stored = found ?? (await this.#beginEpoch(key));
    if (stored === null)
      throw new AppError('service_unavailable', { internal: 'counter store lost its epoch just now' });
    const history = /^master_replid:(\w+)/m.exec(replication)?.[1];
    if (history === undefined) throw new AppError('service_unavailable', { internal: 'counter store without an id' });
    return `${stored}/${history}`;
  }

  /** Writes a new epoch, unless another caller has; returns the stored one. */
  async #beginEpoch(key: string): Promise<string | null> {
    const offered = randomUUID();
    const isMade = await this.#run(() => this.#client.set(key, offered, 'NX'));
    return isMade === 'OK' ? offered : this.#run(() => this.#client.get(key));
  }

  async close(): Promise<void> {
    this.#batches.flush();
    try {
      await this.#run(() => this.#client.quit());
    } catch {
      this.#client.disconnect();
    }
  }

  #call(
    script: 'grantBudget' | 'readBudget' | 'emptyBudgets' | 'countSlots' | 'recallSlices',
    orgId: string,
    values: readonly string[],
  ): Promise<unknown> {
    const keys = this.#nameKeys(orgId);
    return this.#run(() => this.#client[script](keys.length, ...keys, ...values));
  }

  async #runBatch(orgId: string, operations: readonly Operation[]): Promise<readonly (readonly number[])[]> {
    const keys = this.#nameKeys(orgId);
    const places = new Map<string, number>();
    const toBucket = (subject: string): number => {
      const known = places.get(subject);
      if (known !== undefined) return known;
      const place = keys.push(this.#nameRate(orgId, subject));
      places.set(subject, place);
      return place;
    };
    const placed = operations.map((operation) => {
      if ('raiseTo' in operation) return operation;
      if ('rates' in operation) {
        const isSlice = 'take' in operation;
        const rates = operation.rates.map(({ subject, ...rate }) => ({
          ...{ bucket: toBucket(subject), ...rate },
          // The record of a slice is made by the script.
          ...(isSlice && { subject }),
        }));
        return { ...operation, rates };
      }
      return { ...operation, costs: operation.costs.map((cost) => ({ ...cost, bucket: toBucket(cost.subject) })) };
    });
    return readAnswers(await this.#run(() => this.#client.runBatch(keys.length, ...keys, JSON.stringify(placed))));
  }

  /** Calls for several organisations in one write. The client's own pipelines would cost a lone call half as much again. */
  #sendTogether(send: () => void): void {
    // There is no stream before the first connection.
    const { stream } = this.#client;
    stream?.cork();
    send();
    stream?.uncork();
  }

  #nameRate(orgId: string, subject: string): string {
    return `${this.#keyPrefix}{${orgId}}:rate:${subject}`;
  }

  /** One slot of a cluster holds all of an organisation, by the tag in braces. */
  #nameKeys(orgId: string): string[] {
    const organisation = `${this.#keyPrefix}{${orgId}}:`;
    return [`${organisation}account`, `${organisation}holds`, `${organisation}expiries`, `${organisation}slots`];
  }

  /**
   * The client's own timeout begins when a command is written, which on a hung server is after the batch before it has
   * failed; this one begins now.
   */
  async #run<T>(command: () => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready') await this.#firstConnection;
    let timer: NodeJS.Timeout | undefined;
    try {
      const isLate = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no reply within ${this.#timeoutMs} ms`)), this.#timeoutMs);
      });
      return await Promise.race([command(), isLate]);
    } catch (error) {
      const internal = `counter store: ${error instanceof Error ? error.message : String(error)}`;
      throw new AppError('service_unavailable', { internal, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function toCharged(limit: RateLimit): ChargedRate {
  return { limit, micros: toMicros(limit.cost, limit.ratePerMinute), backlogMicros: 0 };
}

function toWrittenRate({ limit, micros }: ChargedRate): WrittenRate {
  return { subject: limit.subject, micros, rate: limit.ratePerMinute };
}

/** What settling needs to know of the hold, as the scripts read it. */
function toRecord(request: AdmitRequest, charged: readonly ChargedRate[]): string {
  return JSON.stringify({
    amount: String(request.holdNanoUsd),
    rates: charged.map(({ limit, micros }) => ({
      subject: limit.subject,
      ratePerMinute: limit.ratePerMinute,
      micros,
    })),
    slots: request.concurrency.map(({ subject }) => subject),
    ...toNamed(request.budgets),
  });
}

function toNamed(budgets: readonly BudgetLimit[] | undefined): { budgets?: string[] } {
  if (budgets === undefined || budgets.length === 0) return {};
  return { budgets: budgets.map(({ subject }) => subject) };
}

function toWritten(budgets: readonly BudgetLimit[] | undefined): { budgets?: WrittenBudget[] } {
  if (budgets === undefined || budgets.length === 0) return {};
  return { budgets: budgets.map(toWrittenBudget) };
}

function toWrittenBudget({ subject, limitNanoUsd }: BudgetLimit): WrittenBudget {
  return { subject, limit: Number(limitNanoUsd) };
}

/** Subjects of the budgets whose bits are set. */
function toLacking(budgets: readonly BudgetLimit[] = [], bits: number): string[] {
  return budgets.filter((_budget, index) => Math.floor(bits / 2 ** index) % 2 === 1).map(({ subject }) => subject);
}

function toAnswer(
  request: AdmitRequest,
  charged: readonly ChargedRate[],
  outcome: number,
  detail: number,
): AdmitAnswer {
  if (outcome === admitOutcome.admitted) return toAdmitted(BigInt(detail), charged);
  if (outcome === admitOutcome.noBudget) return toBudgetRefusal(toLacking(request.budgets, detail), charged);
  if (outcome === admitOutcome.noCredit) return toCreditRefusal(BigInt(detail), charged);
  const slot = request.concurrency[detail];
  if (outcome === admitOutcome.concurrencyLimited && slot !== undefined) return toConcurrencyRefusal(slot, charged);
  const refusal = outcome === admitOutcome.rateLimited ? toRateRefusal(charged) : null;
  if (refusal === null) throw new AppError('service_unavailable', { internal: `unknown outcome ${outcome}` });
  return refusal;
}
