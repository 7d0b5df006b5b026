import { AppError } from '@aggregator/contracts';

const columns = ['email', 'name', 'role', 'teams'] as const;

/** Reads rows of RFC 4180 with the header `email,name,role,teams` in any order. Empty cells count as absent. Throws `invalid_value`. */
export function readCsv(text: string): Record<string, unknown>[] {
  const [header = [], ...lines] = readCells(text.replace(/^\uFEFF/, ''));
  const names = header.map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !columns.some((column) => column === name));
  if (unknown !== undefined || !names.includes('email')) {
    throw new AppError('invalid_value', { param: 'csv', message: "The first line must be 'email,name,role,teams'." });
  }
  return lines.filter((cells) => cells.some((cell) => cell.trim() !== '')).map((cells) => toRow(names, cells));
}

function toRow(names: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const given = names.map((name, at) => [name, toPlain((cells[at] ?? '').trim())] as const);
  const stated = given.filter(([, cell]) => cell !== '');
  return Object.fromEntries(
    stated.map(([name, cell]) => [name, name === 'teams' ? cell.split(';').map((team) => team.trim()) : cell]),
  );
}

function readCells(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (isQuoted && sign === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) cell += sign;
    else if (sign === ',') endCell();
    else if (sign === '\n') {
      endCell();
      rows.push([]);
    } else if (sign !== '\r') cell += sign;
  }
  endCell();
  return rows;
}

/** A sheet takes a cell that begins so for a formula. */
const formula = /^'*[=+\-@\t]/;

/** Writes rows so that `readCsv` reads the same. */
export function writeCsv(
  rows: readonly { email: string; name?: string | undefined; role: string; teams: string[] }[],
): string {
  const lines = rows.map(({ email, name = '', role, teams }) =>
    [email, name, role, teams.join(';')].map(toCell).join(','),
  );
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

function toCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toPlain(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
