import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { operation } from '@aggregator/contracts';
import { z } from 'zod';

const ledgerRecord = z.strictObject({
  /** Grows by one for each request that arrived. */
  sequence: z.number().int().min(1),
  attemptId: z.string(),
  operation,
  model: z.string().nullable(),
  isStreamed: z.boolean(),
  /**
   * `open` until the provider is done with it. `refused`: answered with an error, nothing charged. `aborted`: the
   * caller left. `failed`: the provider broke off. `interrupted`: the provider itself was killed.
   */
  state: z.enum(['open', 'completed', 'refused', 'aborted', 'failed', 'interrupted']),
  /** HTTP status of the answer; null if none was begun. */
  status: z.number().int().nullable(),
  promptTokens: z.number().int().min(0),
  /** Inside `promptTokens`. */
  cachedTokens: z.number().int().min(0),
  completionTokens: z.number().int().min(0),
  /** The provider's charge, as a string; "0" while open. */
  amountNanoUsd: z.string(),
  /** RFC 3339. */
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});
export type LedgerRecord = z.infer<typeof ledgerRecord>;
export type LedgerState = LedgerRecord['state'];

/**
 * A ledger on disk: JSON lines, one when a request is accepted and one when it has ended, the later of a sequence
 * number winning. Written at once and not buffered here, so a line survives `kill -9`, though not the loss of the
 * machine.
 */
export class LedgerFile {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a+', 0o600);
    if (endsTorn(this.#descriptor)) writeSync(this.#descriptor, '\n');
  }

  append(record: LedgerRecord): void {
    writeSync(this.#descriptor, `${JSON.stringify(record)}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The last state of each record, oldest first. A torn line, which a kill can leave, is passed over. */
export function readLedgerFile(path: string): LedgerRecord[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const records = new Map<number, LedgerRecord>();
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const record = parseLine(bytes.toString('utf8', start, end));
    if (record !== null) records.set(record.sequence, record);
    start = end + 1;
  }
  return [...records.values()];
}

function parseLine(line: string): LedgerRecord | null {
  try {
    return ledgerRecord.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function endsTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}
