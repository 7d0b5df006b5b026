import type { Reserve } from './reserve.ts';
import type { SegmentLog } from './segment-log.ts';

/** Gives up the reserve if that is needed: it exists for requests in flight. False if even that did not help. */
export function appendAtAnyCost(
  log: SegmentLog,
  record: Buffer,
  reserve: Reserve,
  onError: (error: unknown) => void,
): boolean {
  try {
    log.append(record);
    return true;
  } catch {
    reserve.release();
  }
  try {
    log.append(record);
    return true;
  } catch (error) {
    onError(error);
    return false;
  }
}
