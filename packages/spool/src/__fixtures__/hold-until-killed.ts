import { writeSync } from 'node:fs';
import { lockDirectory } from '../directory-lock.ts';

/** Holds the lock of a directory, says so, and does not end by itself. */
lockDirectory(process.argv[2] ?? '');
writeSync(1, 'held\n');
setInterval(() => undefined, 1000);
