import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;

export interface WaitOptions {
  /**
   * 60 s unless given: long, since a busy machine is no fault, and the wait is over when the condition is met. A
   * condition that hangs counts as not met when the time is over.
   */
  timeoutMs?: number;
  /** The awaited state, as the failing test's message names it: "the charge to be in the ledger". */
  describe: string | (() => string);
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Asks again every 10 ms until `condition` answers something true, and answers that. A condition that throws is not met
 * yet.
 * @throws Error with the description, and the condition's last error as its cause, when the time is over.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 60_000, describe }: WaitOptions,
): Promise<Exclude<Awaited<T>, Falsy>> {
  const end = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const answer = await orAbsent(condition, end - performance.now());
      if (isMet(answer)) return answer;
    } catch (error) {
      lastError = error;
    }
    await pause(POLL_MS);
  } while (performance.now() < end);
  const what = typeof describe === 'string' ? describe : describe();
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: lastError });
}

function isMet<T>(answer: T): answer is Exclude<T, Falsy> {
  return Boolean(answer);
}

/** Undefined when the condition takes longer than `timeoutMs`. */
async function orAbsent<T>(condition: () => T | Promise<T>, timeoutMs: number): Promise<Awaited<T> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([condition(), late]);
  } finally {
    clearTimeout(timer);
  }
}
