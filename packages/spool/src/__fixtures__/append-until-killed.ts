import { writeSync } from 'node:fs';
import { openSpool } from '../index.ts';
import { beginRequest, makeIntent, makeSettlement } from './records.ts';
import { parseCrashArguments } from './crash-arguments.ts';
import { turn } from './temporary-spool.ts';

/** Appends for ever, and says on its output what is written: `i`ntents that are on record, `s`ettlements, and what was shi`p`ped. */
const { directory, run, settleEvery, groupMax = 0 } = parseCrashArguments(process.argv[2] ?? '');
const say = (kind: string, eventId: string) => writeSync(1, `${kind} ${eventId}\n`);

const spool = await openSpool({
  directory,
  bytesMax: 16 * 1024 * 1024,
  segmentBytesMax: 8 * 1024,
  flushIntervalMs: 2,
  shipBatchMax: 5,
  async ship(events) {
    for (const { eventId } of events) say('p', eventId);
  },
  onError: (error) => say('e', String(error)),
});
for (let index = 0; groupMax > 0; index += 1) {
  const ids = Array.from({ length: 1 + (index % groupMax) }, (_, at) => `${run}-${index}-${at}`);
  const required = ids.map((id) => {
    spool.prepareIntent(makeIntent(id));
    return spool.gatherMark(id, id);
  });
  // Half of the groups are sent in their own turn, before its write.
  if (index % 2 === 0) await turn();
  for (const [at, id] of ids.entries()) {
    required[at]?.();
    say('i', id);
  }
  // The last of each group stays open.
  const settled = ids.slice(0, -1);
  for (const id of settled) spool.appendSettlement(makeSettlement(id));
  await turn();
  for (const id of settled) say('s', id);
  if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
for (let index = 0; ; index += 1) {
  beginRequest(spool, makeIntent(`${run}-${index}`));
  say('i', `${run}-${index}`);
  if (index % settleEvery === 0) continue;
  spool.appendSettlement(makeSettlement(`${run}-${index}`));
  await turn();
  say('s', `${run}-${index}`);
  if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
