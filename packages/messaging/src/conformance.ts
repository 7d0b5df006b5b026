import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { describeDelivery } from './conformance/delivery.ts';
import { describeGroups } from './conformance/groups.ts';
import { describeOutages } from './conformance/outages.ts';
import type { MakeEventLog } from './conformance/world.ts';

export type { EventLogSettings, MakeEventLog } from './conformance/world.ts';
export { deleteTaskQueue } from './rabbitmq/testing/broker.ts';

/**
 * What every event log promises; each adapter passes it against its real store.
 * @param makeLog makes a log as one more process on the same store would. The suite closes it.
 * @param topicPrefix begins the name of each topic that the suite makes, so that who calls can delete them.
 */
export function describeEventLog(
  name: string,
  makeLog: MakeEventLog,
  topicPrefix = `conformance-${randomUUID()}`,
): void {
  describe(`the ${name} event log`, () => {
    describeDelivery(makeLog, topicPrefix);
    describeGroups(makeLog, topicPrefix);
    describeOutages(makeLog, topicPrefix);
  });
}
