import { type Invoice, type MonthStatement, toCsv } from '@aggregator/contracts';

/** One row for each line. */
export function renderCsv(document: Invoice): string {
  const head = ['number', 'kind', 'period', 'description', 'requests', 'amount_nano_usd', 'amount_cents', 'currency'];
  head.push('organization_id', 'organization_name');
  const rows = document.lines.map((line) => [
    ...[document.number, document.kind, document.period, line.description, String(line.requests)],
    ...[line.amountNanoUsd, line.amountCents, document.currency],
    ...[line.organization?.id ?? '', line.organization?.name ?? ''],
  ]);
  return toCsv([head, ...rows]);
}

/** The same for what a month cost. */
export function renderStatementCsv({ period, currency, lines }: MonthStatement): string {
  const head = [
    'period',
    'subject_id',
    'name',
    'description',
    'requests',
    'amount_nano_usd',
    'amount_cents',
    'currency',
  ];
  const rows = lines.map((line) => [
    ...[period, line.subjectId ?? '', line.name ?? '', line.description, String(line.requests)],
    ...[line.amountNanoUsd, line.amountCents, currency],
  ]);
  return toCsv([head, ...rows]);
}
