/** A text that a spreadsheet runs as a formula, or that is marked already. */
const formula = /^'*[=+\-@\t\r\n＝＋－＠]/;
const number = /^-?\d+(?:\.\d+)?$/;

/**
 * Returns rows as RFC 4180, each with CR LF at its end. A text that a spreadsheet would run as a formula begins with an
 * apostrophe; numbers do not. `fromCell` removes the mark.
 */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(toCell).join(',')}\r\n`).join('');
}

/** Returns the text of a cell that `toCsv` wrote. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}

function toCell(text: string): string {
  const safe = formula.test(text) && !number.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
