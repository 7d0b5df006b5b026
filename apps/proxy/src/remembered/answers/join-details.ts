import { isRecord } from '@aggregator/contracts';
import { keepOne } from './keep-one.ts';

type Fields = Record<string, unknown>;

const detailsMax = 1024;
const texts: ReadonlySet<string> = new Set(['text', 'summary', 'data']);

/**
 * Adds a delta's `reasoning_details` to those that there are: fragments of the same `index` and type are one, whose texts are
 * joined. False for what cannot be joined.
 */
export function joinDetails(details: unknown[], parts: readonly unknown[]): boolean {
  for (const part of parts) {
    if (!isRecord(part)) return false;
    const known = details.find((detail): detail is Fields => isRecord(detail) && isSame(detail, part));
    if (known === undefined) details.push({ ...part });
    else if (!joinDetail(known, part)) return false;
  }
  return details.length <= detailsMax;
}

function isSame(detail: Fields, part: Fields): boolean {
  return typeof part.index === 'number' && detail.index === part.index && detail.type === part.type;
}

function joinDetail(detail: Fields, part: Fields): boolean {
  return Object.entries(part).every(([name, value]) => {
    const known = detail[name];
    if (!texts.has(name) || typeof known !== 'string' || typeof value !== 'string') return keepOne(detail, name, value);
    detail[name] = known + value;
    return true;
  });
}
