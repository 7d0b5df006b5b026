import { randomUUID } from 'node:crypto';

/** A time-ordered id: 48 bits of milliseconds, the rest random. Source: RFC 9562 §5.7. */
export function createUuidV7(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // A version 4 id already carries the variant bits where version 7 has them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
