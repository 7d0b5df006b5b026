// `npm run events:positions`: prints how many records of usage billing and analytics have not read yet, from the event log that
// the environment names. Ends with 0 if there are none, with 1 if there are some.
import { usageRecordedTopic } from '@aggregator/contracts';
import { createEventLog } from '@aggregator/messaging';
import { completeEnvironment, eventLogVariables, processEnvironment, readConfig } from '@aggregator/service-kit';

const log = createEventLog(readConfig(eventLogVariables, completeEnvironment(processEnvironment())), 'event-positions');
try {
  let unreadOfAll = 0n;
  for (const group of ['billing', 'analytics']) {
    const positions = await log.readPositions(usageRecordedTopic, group);
    const unread = positions.reduce((sum, { position, end }) => sum + end - position, 0n);
    process.stdout.write(`${group}: ${unread} unread\n`);
    unreadOfAll += unread;
  }
  process.exitCode = unreadOfAll === 0n ? 0 : 1;
} finally {
  await log.close();
}
