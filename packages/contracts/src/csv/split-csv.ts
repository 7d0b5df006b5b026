export interface CsvCells {
  /** Cells of each line; an empty line is one empty cell. */
  readonly rows: string[][];
  /** False if the text ends inside quotes. */
  readonly isClosed: boolean;
}

/** Splits a text of RFC 4180 into cells; a mark of the byte order at its start is left out. */
export function splitCsv(text: string): CsvCells {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    rows.at(-1)?.push(cell);
    cell = '';
  };
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at += 1) {
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
  return { rows, isClosed: !isQuoted };
}
