import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

type Row = Readonly<Record<string, unknown>>;

/** Writes the answer as JSON if the user wants it, else as text. */
export function print(command: Command, terminal: Terminal, answer: unknown, text: () => string): void {
  const { json } = command.optsWithGlobals<{ json?: true }>();
  terminal.write(`${json === true ? JSON.stringify(answer, null, 2) : text()}\n`);
}

/** Returns rows as columns of text; of a list of the API, its `data`. */
export function toTable(answer: unknown, columns: readonly string[]): string {
  const rows = rowsOf(answer).map((row) => columns.map((column) => toCell(row[column])));
  const lines = [columns.map((column) => column.toUpperCase()), ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Returns one object as lines of name and value. */
export function toLines(answer: unknown): string {
  const entries = Object.entries(answer as Row);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${toCell(value)}`).join('\n');
}

function rowsOf(answer: unknown): Row[] {
  if (Array.isArray(answer)) return answer as Row[];
  const { data, series } = answer as { data?: Row[]; series?: Row[] };
  return data ?? series ?? [];
}

/** Control characters of a name could change what the terminal shows. */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/\p{C}+/gu, ' ');
}
