import type { AlertTest } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { toTestMessage } from '../../alerts/alert-message.ts';
import { actorOf, writeAudit } from '../../audit/write-audit.ts';
import type { AnalyticsContext } from '../../context.ts';

/** POST /v1/analytics/alerts/test: sends a message to each channel at once, and returns what became of it. */
export function testAlertsHandler({ database, channels, now }: AnalyticsContext): RequestHandler {
  return async (request, response) => {
    const at = new Date(now());
    const id = createUuidV7(at.getTime());
    await database.$transaction(async (tx) => {
      await writeAudit(tx, at, actorOf(request), {
        ...{ organizationId: null, action: 'alerts_tested', subjectType: 'alert_test', subjectId: id, details: {} },
      });
    });
    const message = toTestMessage(id, at);
    const data = await Promise.all(
      channels.map(async (channel) => ({ channel: channel.name, reason: await channel.send(message, at) })),
    );
    response.json({ data } satisfies AlertTest);
  };
}
