import { splitCsv } from '@aggregator/contracts';

/** One line of a provider's own usage report. */
export interface ProviderRecord {
  /** Our request id, or the provider's; null if the report has none. */
  reference: string | null;
  time: Date;
  model: string;
  /** Null if the report has no tokens. */
  inputTokens: number | null;
  outputTokens: number | null;
  costNanoUsd: bigint;
}

/** A report that cannot be read; the message names the line. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

const names = {
  reference: ['request_id', 'custom_id', 'generation_id', 'id'],
  time: ['time', 'timestamp', 'created_at', 'date', 'day', 'start_time'],
  model: ['model', 'model_name', 'line_item'],
  inputTokens: ['input_tokens', 'prompt_tokens', 'tokens_prompt'],
  outputTokens: ['output_tokens', 'completion_tokens', 'tokens_completion'],
  cost: ['cost_usd', 'cost', 'amount_usd', 'amount', 'total_cost'],
} as const;
type Column = keyof typeof names;

const nanoDigits = 9;
const recordsMax = 2_000_000;

/**
 * Reads a report with a header line (RFC 4180: fields in quotes, quotes doubled). A time without a zone is UTC; a cost is in USD
 * and is rounded up to a nano-USD.
 * @throws {ReportError}
 */
export function parseCsv(text: string): ProviderRecord[] {
  const [header, ...rows] = splitRows(text);
  if (header === undefined) throw new ReportError('the report is empty');
  if (rows.length > recordsMax) throw new ReportError(`the report has more than ${recordsMax} lines`);
  const columns = header.map((name) => name.trim().toLowerCase());
  const indexOf = (column: Column) => columns.findIndex((name) => (names[column] as readonly string[]).includes(name));
  const at = Object.fromEntries(Object.keys(names).map((column) => [column, indexOf(column as Column)])) as Record<
    Column,
    number
  >;
  for (const column of ['time', 'cost'] as const) {
    if (at[column] < 0) throw new ReportError(`the header has none of ${names[column].join(', ')}`);
  }
  return rows.map((row, index) => toRecord(row, at, index + 2));
}

function toRecord(row: readonly string[], at: Readonly<Record<Column, number>>, line: number): ProviderRecord {
  const read = (column: Column) => (at[column] < 0 ? '' : (row[at[column]]?.trim() ?? ''));
  return {
    reference: read('reference').toLowerCase() || null,
    time: toTime(read('time'), line),
    model: read('model'),
    inputTokens: toTokens(read('inputTokens'), line),
    outputTokens: toTokens(read('outputTokens'), line),
    costNanoUsd: toNanoUsd(read('cost'), line),
  };
}

function toTime(text: string, line: number): Date {
  const seconds = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : null;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !/\d\d:\d\d/.test(text);
  const time = new Date(seconds ?? (hasZone ? text : `${text.replace(' ', 'T')}Z`));
  if (Number.isNaN(time.getTime())) throw new ReportError(`line ${line}: ${JSON.stringify(text)} is no time`);
  return time;
}

function toTokens(text: string, line: number): number | null {
  if (text === '') return null;
  if (!/^\d{1,12}$/.test(text)) throw new ReportError(`line ${line}: ${JSON.stringify(text)} is no number of tokens`);
  return Number(text);
}

function toNanoUsd(text: string, line: number): bigint {
  const match = /^\$?(\d{1,9})(?:\.(\d{1,30}))?$/.exec(text) ?? /^\$?()\.(\d{1,30})$/.exec(text);
  if (match === null) throw new ReportError(`line ${line}: ${JSON.stringify(text)} is no cost in USD`);
  const [, whole = '', fraction = ''] = match;
  const nano = BigInt(`${whole || '0'}${fraction.slice(0, nanoDigits).padEnd(nanoDigits, '0')}`);
  return /[1-9]/.test(fraction.slice(nanoDigits)) ? nano + 1n : nano;
}

/** Lines that are not empty. */
function splitRows(text: string): string[][] {
  const { rows, isClosed } = splitCsv(text);
  if (!isClosed) throw new ReportError('a quote is not closed');
  return rows.filter((row) => row.length > 1 || row[0] !== '');
}
