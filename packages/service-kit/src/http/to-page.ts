/** Rows of a page if the query names no `limit`. */
export const pageSize = 50;

export interface Page<Shown> {
  data: Shown[];
  nextCursor: string | null;
}

/**
 * Returns a page out of `limit + 1` rows: the last row shows only that a next page exists. `cursorOf` names the last
 * row of the page, behind which the next page begins.
 */
export function toPage<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => string): Page<Row>;
export function toPage<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  show: (row: Row) => Shown,
): Page<Shown>;
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  show: (row: Row) => unknown = (row) => row,
): Page<unknown> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { data: page.map((row) => show(row)), nextCursor: hasMore ? cursorOf(last) : null };
}
