import type { Invoice, MonthStatement } from '@aggregator/contracts';

/** One row for each line, as RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function renderCsv(document: Invoice): string {
  const head = ['number', 'kind', 'period', 'description', 'requests', 'amount_nano_usd', 'amount_cents', 'currency'];
  const rows = document.lines.map((line) => [
    ...[document.number, document.kind, document.period, line.description, String(line.requests)],
    ...[line.amountNanoUsd, line.amountCents, document.currency],
  ]);
  return toRows([head, ...rows]);
}

/** The same for what a month cost. */
export function renderStatementCsv({ period, currency, lines }: MonthStatement): string {
  const head = ['period', 'subject_id', 'description', 'requests', 'amount_nano_usd', 'amount_cents', 'currency'];
  const rows = lines.map((line) => [
    ...[period, line.subjectId ?? '', line.description, String(line.requests)],
    ...[line.amountNanoUsd, line.amountCents, currency],
  ]);
  return toRows([head, ...rows]);
}

const toRows = (rows: readonly string[][]) => rows.map((row) => `${row.map(toCell).join(',')}\r\n`).join('');

function toCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
