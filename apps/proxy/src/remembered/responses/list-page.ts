import { AppError, isRecord } from '@aggregator/contracts';

/** How a list of items is asked for. */
export interface PageQuery {
  /** 1 to 100. */
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** Id of the item before the page; null for the first page. */
  readonly after: string | null;
}

const limitDefault = 20;
const limitMax = 100;

/**
 * Reads the query of a list as OpenAI has it.
 * @param url Path and query.
 * @throws {AppError} `invalid_value` that names the parameter
 */
export function readPageQuery(url: string): PageQuery {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') {
    throw new AppError('invalid_value', { param: 'order', message: "'order' must be 'asc' or 'desc'." });
  }
  const text = query.get('limit') ?? String(limitDefault);
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > limitMax) {
    throw new AppError('invalid_value', {
      param: 'limit',
      message: `'limit' must be a whole number from 1 to ${limitMax}.`,
    });
  }
  return { limit, order, after: query.get('after') };
}

/**
 * Returns one page of items.
 * @param items In the order in which they were said.
 * @throws {AppError} `invalid_value` if there is no item with the id of `after`
 */
export function toPage(items: readonly unknown[], { limit, order, after }: PageQuery) {
  const ordered = order === 'asc' ? items : items.toReversed();
  const at = after === null ? -1 : ordered.findIndex((item) => idOf(item) === after);
  if (after !== null && at === -1) {
    throw new AppError('invalid_value', { param: 'after', message: "'after' must be the id of an item of this list." });
  }
  const data = ordered.slice(at + 1, at + 1 + limit);
  return {
    object: 'list',
    data,
    first_id: idOf(data[0]),
    last_id: idOf(data.at(-1)),
    has_more: at + 1 + limit < ordered.length,
  };
}

function idOf(item: unknown): string | null {
  return isRecord(item) && typeof item.id === 'string' ? item.id : null;
}
