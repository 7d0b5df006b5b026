import type { CrashPoint } from './crash-points.ts';

/** What the rig asks of a process. */
export type Order =
  | { do: 'crash'; point: CrashPoint; nth: number }
  | { do: 'disk'; isFull: boolean }
  | { do: 'clock'; offsetMs: number }
  /** No crash point is armed any more. */
  | { do: 'disarm' };
