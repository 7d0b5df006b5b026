/** A month of UTC, and the range of ids of the requests that began in it: ids are UUIDv7 and begin with their time. */
export interface LedgerMonth {
  /** `2026-11`. */
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  readonly fromId: string;
  /** First id behind the month. */
  readonly toId: string;
}

/** Returns the month of a time, or one that is so many months later. */
export function ledgerMonth(time: Date, later = 0): LedgerMonth {
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth() + later];
  const [from, to] = [new Date(Date.UTC(year, month)), new Date(Date.UTC(year, month + 1))];
  return { name: from.toISOString().slice(0, 7), from, to, fromId: firstIdAt(from), toId: firstIdAt(to) };
}

/** The lowest id of a time; no id is of before 1970. */
export function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The time in a UUIDv7. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** Tables that have a partition for each month, with the id that names the month. In the order in which a charge takes them. */
export const monthlyTables = [
  { table: 'inbox', key: 'event_id', type: 'text' },
  { table: 'charge', key: 'request_id', type: 'uuid' },
  { table: 'statement_line', key: 'request_id', type: 'uuid' },
] as const;
export type MonthlyTable = (typeof monthlyTables)[number];

/** `charge_2026_11`. */
export function partitionOf({ table }: MonthlyTable, { name }: LedgerMonth): string {
  return `${table}_${name.replace('-', '_')}`;
}

/** Where rows are whose month has no partition. */
export const restOf = ({ table }: MonthlyTable) => `${table}_rest`;
