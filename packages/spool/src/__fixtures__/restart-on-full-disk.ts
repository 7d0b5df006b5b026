import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSpool } from '../open-spool.ts';
import { beginRequest, makeIntent, makeSettlement } from './records.ts';
import { makeSpoolOptions } from './temporary-spool.ts';

/**
 * Fills the disk under a spool while the event log is away, ends without closing it, and opens it again on the full disk with
 * the event log back. Run with a directory on a small file system; prints how many settlements were written and shipped.
 */
const [root = ''] = process.argv.slice(2);
const spoolOptions = { bytesMax: 64 * 1024 * 1024, segmentBytesMax: 256 * 1024 };
const before = makeSpoolOptions(root, spoolOptions);
before.answer = () => Promise.reject(new Error('the event log is away'));
const spool = await openSpool(before.options);
let settled = 0;
for (;;) {
  try {
    beginRequest(spool, makeIntent(`event-${settled}`));
  } catch {
    break;
  }
  spool.appendSettlement(makeSettlement(`event-${settled}`));
  settled += 1;
}
// What another program leaves free is nothing at all.
rmSync(join(root, 'spool', 'lock'), { force: true });
rmSync(join(root, 'spool', 'reserve'), { force: true });
try {
  for (let at = 0; ; at += 1) writeFileSync(join(root, `other-${at}`), Buffer.alloc(at < 1000 ? 4096 : 1));
} catch {
  // The disk is full.
}

const after = makeSpoolOptions(root, spoolOptions);
const shipped = new Set<string>();
after.answer = async (events) => {
  for (const { eventId } of events) shipped.add(eventId);
};
const again = await openSpool(after.options);
await again.waitUntilShipped(20_000);
process.stdout.write(`${JSON.stringify({ settled, shipped: shipped.size, files: readdirSync(root).length })}\n`);
process.exit(0);
