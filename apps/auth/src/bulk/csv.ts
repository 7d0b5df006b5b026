import { AppError, fromCell, splitCsv, toCsv } from '@aggregator/contracts';

const columns = ['kind', 'email', 'name', 'role', 'teams', 'budgetNanoUsd', 'budgetPeriod', 'key', 'invite'] as const;
type Column = (typeof columns)[number];
const columnOf = new Map(columns.map((column) => [column.toLowerCase(), column]));

/** Reads rows of RFC 4180 whose header names columns in any order. Empty cells count as absent. Throws `invalid_value`. */
export function readCsv(text: string): Record<string, unknown>[] {
  const [header = [], ...lines] = splitCsv(text).rows;
  const names = header.map((name) => columnOf.get(name.trim().toLowerCase()) ?? null);
  if (!isKnown(names) || !names.includes('email')) {
    const message = `The first line must name 'email' and columns of: ${columns.join(', ')}.`;
    throw new AppError('invalid_value', { param: 'csv', message });
  }
  return lines.filter((cells) => cells.some((cell) => cell.trim() !== '')).map((cells) => toRow(names, cells));
}

const isKnown = (names: readonly (Column | null)[]): names is Column[] => !names.includes(null);

function toRow(names: readonly Column[], cells: readonly string[]): Record<string, unknown> {
  const given = names.map((name, at) => [name, fromCell((cells[at] ?? '').trim())] as const);
  const stated = given.filter(([, cell]) => cell !== '');
  return Object.fromEntries(stated.map(([name, cell]) => [name, toValue(name, cell)]));
}

function toValue(name: Column, cell: string): unknown {
  if (name === 'teams') return cell.split(';').map((team) => team.trim());
  if (name === 'invite' && /^(?:true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return cell;
}

export type CsvRow = Readonly<Partial<Record<Column, string | boolean | readonly string[] | undefined>>>;

/** Writes rows so that `readCsv` reads the same. */
export function writeCsv(rows: readonly CsvRow[]): string {
  const lines = rows.map((row) => columns.map((column) => [row[column] ?? ''].flat().map(String).join(';')));
  return toCsv([columns, ...lines]);
}
