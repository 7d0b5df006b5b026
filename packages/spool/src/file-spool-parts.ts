import type { DirectoryLock } from '@aggregator/service-kit';
import type { Identity } from './identity.ts';
import type { SpoolOptions } from './port.ts';
import type { Recovered } from './recover.ts';
import type { Reserve } from './reserve.ts';
import type { Position } from './segment-files.ts';
import type { SegmentLog } from './segment-log.ts';

/** What a spool is made of when its directory is open. */
export interface FileSpoolParts {
  options: SpoolOptions;
  identity: Identity;
  cursor: Position;
  recovered: Recovered;
  log: SegmentLog;
  reserve: Reserve;
  startReserve: Reserve;
  lock: DirectoryLock;
}
