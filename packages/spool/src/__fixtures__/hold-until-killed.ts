import { writeSync } from 'node:fs';
import { lockSpool } from '../lock-spool.ts';

/** Holds the lock of a directory, says so, and does not end by itself. */
lockSpool(process.argv[2] ?? '');
writeSync(1, 'held\n');
setInterval(() => undefined, 1000);
