/** A cell's mark by the status of its test; `declared` is what `describe-matrix.ts` puts before a declared incapability. */
const declared = ' – ';
const titleWidth = 72;

/**
 * Jest's reporter of the matrix: one line for each case of an SDK on a surface, one column for each provider. ✓ given,
 * – declared as impossible, and reported so to the caller, ✗ neither.
 */
export default class MatrixReporter {
  onRunComplete(_contexts, results) {
    const cells = results.testResults
      .filter(({ testFilePath }) => testFilePath.includes('/tests/conformance/'))
      .flatMap(({ testResults }) => testResults)
      .filter(({ status, ancestorTitles }) => status !== 'pending' && ancestorTitles.length === 2)
      .map(toCell);
    if (cells.length > 0) process.stdout.write(`\n${toTable(cells)}\n${toCounts(cells)}\n\n`);
  }
}

function toCell({ ancestorTitles: [provider, surface], title, status }) {
  const [row] = title.split(declared);
  const mark = status !== 'passed' ? '✗' : title.includes(declared) ? '–' : '✓';
  return { provider, surface, row, mark };
}

function toTable(cells) {
  const providers = [...new Set(cells.map(({ provider }) => provider))];
  const lines = new Map();
  for (const { provider, surface, row, mark } of cells) {
    const rows = lines.get(surface) ?? new Map();
    rows.set(row, (rows.get(row) ?? new Map()).set(provider, mark));
    lines.set(surface, rows);
  }
  const width = Math.max(...providers.map((name) => name.length));
  const toLine = (title, marks) => `${shorten(title)}  ${marks.map((mark) => mark.padEnd(width)).join(' ')}`.trimEnd();
  const head = toLine('', providers);
  const body = [...lines].flatMap(([surface, rows]) => [
    '',
    surface,
    ...[...rows].map(([row, marks]) =>
      toLine(
        `  ${row}`,
        providers.map((name) => marks.get(name) ?? ' '),
      ),
    ),
  ]);
  return [head, ...body].join('\n');
}

function shorten(title) {
  return title.length > titleWidth ? `${title.slice(0, titleWidth - 1)}…` : title.padEnd(titleWidth);
}

function toCounts(cells) {
  const count = (wanted) => cells.filter(({ mark }) => mark === wanted).length;
  return `${cells.length} cells: ${count('✓')} ✓, ${count('–')} –, ${count('✗')} ✗`;
}
