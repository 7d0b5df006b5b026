import type {
  AdmitRequest,
  BudgetGrant,
  BudgetLimit,
  HoldRaise,
  HoldSettlement,
  RateLimit,
  SliceBooking,
  SliceRequest,
} from './port.ts';

/** Redis computes in doubles: beyond this, sums of money would drift. */
export const nanoUsdMax = 2n ** 53n - 1n;

/** How long a granted lease is remembered, so that granting it again changes nothing. */
export const leaseMemoryMs = 24 * 60 * 60 * 1000;

/** The part of what a counter has left that one slice may take is one of so many. */
export const sliceShares = 4;

/** The store gives no slice of an organisation for so long after a recall. */
export const recallMs = 250;

const holdTtlMsMax = 24 * 60 * 60 * 1000;
const budgetTtlMsMax = 400 * 24 * 60 * 60 * 1000;
const ratePerMinuteMax = 1_000_000_000_000;
const listMax = 32;
const sliceRequestsMax = 1_000_000;
const nameMax = 200;

/** Throws RangeError on what no limit can be computed with; a fault of the caller, never of the client. */
export function checkAdmitRequest(request: AdmitRequest): void {
  checkName(request.orgId);
  checkName(request.requestId);
  checkMoney(request.holdNanoUsd);
  checkInteger('holdTtlMs', request.holdTtlMs, 1, holdTtlMsMax);
  checkRates(request.rates);
  checkSubjects(request.concurrency);
  for (const slot of request.concurrency) checkInteger('max', slot.max, 0, Number.MAX_SAFE_INTEGER);
  if (request.budgets !== undefined) checkBudgets(request.budgets);
}

export function checkSlice(request: SliceRequest): void {
  checkName(request.orgId);
  checkName(request.sliceId);
  checkMoney(request.holdNanoUsd);
  checkInteger('open', request.open, 1, sliceRequestsMax);
  checkInteger('requests', request.requests, 1, sliceRequestsMax);
  checkInteger('least', request.least, 1, sliceRequestsMax);
  checkInteger('activeMs', request.activeMs, 1, holdTtlMsMax);
  checkInteger('ttlMs', request.ttlMs, 1, holdTtlMsMax);
  checkRates(request.rates);
  checkSubjects(request.concurrency);
  checkBudgets(request.budgets);
}

export function checkSliceBooking(booking: SliceBooking): void {
  checkName(booking.orgId);
  checkName(booking.sliceId);
  checkMoney(booking.keptNanoUsd);
  if (booking.chargedNanoUsd < 0n) throw new RangeError(`${booking.chargedNanoUsd} nano-USD is negative`);
  checkInteger('open', booking.open, 0, sliceRequestsMax);
  checkInteger('ttlMs', booking.ttlMs, 1, holdTtlMsMax);
  for (const cost of Object.values(booking.costs)) checkInteger('cost', cost, 0, Number.MAX_SAFE_INTEGER);
}

export function checkGrant(grant: BudgetGrant): void {
  checkName(grant.orgId);
  checkName(grant.subject);
  checkMoney(grant.amountNanoUsd);
  checkMoney(grant.allottedNanoUsd);
  checkMoney(grant.revision);
  if (grant.ttlMs !== null) checkInteger('ttlMs', grant.ttlMs, 1, budgetTtlMsMax);
}

function checkBudgets(budgets: readonly BudgetLimit[]): void {
  checkSubjects(budgets);
  for (const { limitNanoUsd } of budgets) checkMoney(limitNanoUsd);
}

export function checkRaise(raise: HoldRaise): void {
  checkName(raise.orgId);
  checkName(raise.requestId);
  checkMoney(raise.holdNanoUsd);
  if (raise.budgets !== undefined) checkBudgets(raise.budgets);
}

export function checkSettlement(settlement: HoldSettlement): void {
  checkName(settlement.orgId);
  checkName(settlement.requestId);
  // An amount of any size ends the hold: the credit stops at zero. Refused, it would keep the hold for its whole time.
  if (settlement.actualNanoUsd < 0n) throw new RangeError(`${settlement.actualNanoUsd} nano-USD is negative`);
  for (const cost of Object.values(settlement.actualCosts)) checkInteger('cost', cost, 0, Number.MAX_SAFE_INTEGER);
}

export function checkRates(rates: readonly RateLimit[]): void {
  checkSubjects(rates);
  for (const limit of rates) checkRate(limit);
}

export function checkRate(limit: RateLimit): void {
  checkName(limit.subject);
  checkInteger('ratePerMinute', limit.ratePerMinute, 1, ratePerMinuteMax);
  checkInteger('cost', limit.cost, 0, Number.MAX_SAFE_INTEGER);
}

export function checkSlots(subjects: readonly string[]): void {
  if (subjects.length === 0) throw new RangeError('no subject is named');
  checkSubjects(subjects.map((subject) => ({ subject })));
}

export function checkMoney(nanoUsd: bigint): void {
  if (nanoUsd < 0n || nanoUsd > nanoUsdMax) throw new RangeError(`${nanoUsd} nano-USD is outside 0…2⁵³`);
}

export function checkName(name: string): void {
  if (name.length === 0 || name.length > nameMax) throw new RangeError(`a name has 1…${nameMax} characters`);
}

/** A subject named twice would be checked twice against the same state and so let through more than its limit. */
function checkSubjects(rows: readonly { subject: string }[]): void {
  if (rows.length > listMax) throw new RangeError(`more than ${listMax} limits in one request`);
  for (let index = 0; index < rows.length; index += 1) {
    const subject = rows[index]?.subject ?? '';
    checkName(subject);
    for (let other = 0; other < index; other += 1) {
      if (rows[other]?.subject === subject) throw new RangeError(`limit ${subject} is named twice`);
    }
  }
}

function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} is ${value}, not a whole number in ${min}…${max}`);
  }
}
