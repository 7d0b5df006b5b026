import { Breaker, type BreakerPass } from './breaker.ts';
import { effectOf } from './effect-of-failure.ts';
import { type AnswerFacts, Measurements } from './measurements.ts';
import type { AttemptTicket, Failure, TargetKey, TargetMeasures, TargetMemory, TargetStanding } from './port.ts';
import { Rest } from './rest.ts';
import { RetryBudget } from './retry-budget.ts';
import { toCredentialName, toModelName } from './target-key.ts';

export interface TargetMemoryOptions {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
  /** Targets remembered at most; the one known longest is forgotten for a new one. */
  readonly targetsMax: number;
}

const failuresInRowMax = 3;

/** State of one target. Its key's breaker is that of all targets with this key, its budget that of all its keys. */
interface TargetRecord {
  readonly breaker: Breaker;
  readonly keyBreaker: Breaker;
  readonly rest: Rest;
  readonly budget: RetryBudget;
  readonly measurements: Measurements;
  inFlight: number;
}

class HeldTicket implements AttemptTicket {
  readonly key: TargetKey;
  readonly record: TargetRecord;
  readonly pass: BreakerPass;
  readonly keyPass: BreakerPass;
  isOver = false;

  constructor(key: TargetKey, record: TargetRecord, nowMs: number) {
    this.key = key;
    this.record = record;
    this.pass = record.breaker.begin(nowMs);
    this.keyPass = record.keyBreaker.begin(nowMs);
  }
}

/**
 * An empty memory, whose methods may be handed on alone. A ticket that is not of an attempt under way is a `TypeError`.
 */
export function createTargetMemory(options: TargetMemoryOptions): TargetMemory {
  const targets = new Targets(options);
  return {
    judge: (key) => targets.judge(key),
    begin: (key) => targets.begin(key),
    succeed: (ticket, facts) => targets.succeed(ticket, facts),
    fail: (ticket, failure) => targets.fail(ticket, failure),
    forget: (ticket) => targets.forget(ticket),
    takeRetry: (key) => targets.takeRetry(key),
    measure: (key) => targets.measure(key),
    retain: (keys) => targets.retain(keys),
  };
}

class Targets implements TargetMemory {
  readonly #options: TargetMemoryOptions;
  readonly #records = new Map<TargetKey, TargetRecord>();
  readonly #keyBreakers = new Map<string, Breaker>();
  readonly #budgets = new Map<string, RetryBudget>();

  constructor(options: TargetMemoryOptions) {
    this.#options = options;
  }

  judge(key: TargetKey): TargetStanding {
    const record = this.#records.get(key);
    const nowMs = this.#options.now();
    if (record !== undefined) return standingOf(record, nowMs);
    const ofKey = this.#keyBreakers.get(toCredentialName(key))?.judge(nowMs);
    return ofKey === 'open' ? 'resting' : ofKey === 'due' ? 'probe' : 'ready';
  }

  begin(key: TargetKey): AttemptTicket {
    const record = this.#records.get(key) ?? this.#add(key);
    const nowMs = this.#options.now();
    record.inFlight += 1;
    record.budget.noteAttempt(nowMs);
    return new HeldTicket(key, record, nowMs);
  }

  succeed(ticket: AttemptTicket, facts: AnswerFacts): void {
    const { record, pass, keyPass } = end(ticket);
    record.breaker.succeed(pass);
    record.keyBreaker.succeed(keyPass);
    record.rest.end(pass.beganMs);
    record.measurements.addAnswer(facts);
  }

  fail(ticket: AttemptTicket, failure: Failure): boolean {
    const { record, pass, keyPass } = end(ticket);
    const nowMs = this.#options.now();
    const effect = effectOf(failure);
    if (effect === 'sick') {
      record.breaker.fail(pass, nowMs);
      record.measurements.addFailure(nowMs - pass.beganMs);
    } else record.breaker.forget(pass, nowMs);
    if (effect === 'keyAtFault') record.keyBreaker.fail(keyPass, nowMs);
    else record.keyBreaker.forget(keyPass, nowMs);
    if (effect === 'limited') record.rest.begin(nowMs, failure.retryAfterMs);
    return record.breaker.isOpen || record.keyBreaker.isOpen;
  }

  forget(ticket: AttemptTicket): void {
    const { record, pass, keyPass } = end(ticket);
    const nowMs = this.#options.now();
    record.breaker.forget(pass, nowMs);
    record.keyBreaker.forget(keyPass, nowMs);
  }

  takeRetry(key: TargetKey): boolean {
    const { budget } = this.#records.get(key) ?? this.#add(key);
    return budget.takeRetry(this.#options.now());
  }

  measure(key: TargetKey): TargetMeasures | null {
    const record = this.#records.get(key);
    const latencyMs = record?.measurements.latencyMs ?? null;
    if (record === undefined || latencyMs === null) return null;
    return {
      latencyMs,
      tokensPerSecond: record.measurements.tokensPerSecond,
      errorShare: record.breaker.failedShare,
      inFlight: record.inFlight,
      standing: standingOf(record, this.#options.now()),
    };
  }

  retain(keys: ReadonlySet<TargetKey>): void {
    const models = new Set<string>();
    const credentials = new Set<string>();
    for (const key of keys) {
      models.add(toModelName(key));
      credentials.add(toCredentialName(key));
    }
    keepOnly(this.#records, keys);
    keepOnly(this.#budgets, models);
    keepOnly(this.#keyBreakers, credentials);
  }

  #add(key: TargetKey): TargetRecord {
    const { random, targetsMax } = this.#options;
    const record: TargetRecord = {
      breaker: new Breaker({ failuresInRowMax, random }),
      keyBreaker: remember(this.#keyBreakers, toCredentialName(key), targetsMax, () => {
        // There is no doubt about a dead key.
        return new Breaker({ failuresInRowMax: 1, random });
      }),
      rest: new Rest(),
      budget: remember(this.#budgets, toModelName(key), targetsMax, () => new RetryBudget()),
      measurements: new Measurements(),
      inFlight: 0,
    };
    return remember(this.#records, key, targetsMax, () => record);
  }
}

function standingOf({ breaker, keyBreaker, rest }: TargetRecord, nowMs: number): TargetStanding {
  const ofKey = keyBreaker.judge(nowMs);
  if (ofKey === 'open' || rest.isOn(nowMs)) return 'resting';
  const ofTarget = breaker.judge(nowMs);
  if (ofTarget === 'open') return 'open';
  return ofTarget === 'due' || ofKey === 'due' ? 'probe' : 'ready';
}

function end(ticket: AttemptTicket): HeldTicket {
  if (!(ticket instanceof HeldTicket) || ticket.isOver) throw new TypeError('not a ticket of an attempt under way');
  ticket.isOver = true;
  ticket.record.inFlight -= 1;
  return ticket;
}

/** Returns the entry of a name. Creates a missing one; if the map is full, the oldest entry is forgotten first. */
function remember<T>(known: Map<string, T>, name: string, sizeMax: number, create: () => T): T {
  const found = known.get(name);
  if (found !== undefined) return found;
  const oldest = known.size >= sizeMax ? known.keys().next() : null;
  if (oldest !== null && oldest.done !== true) known.delete(oldest.value);
  const created = create();
  known.set(name, created);
  return created;
}

function keepOnly(known: Map<string, unknown>, names: ReadonlySet<string>): void {
  for (const name of known.keys()) if (!names.has(name)) known.delete(name);
}
