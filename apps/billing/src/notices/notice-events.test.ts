import { billingNoticeType } from '@aggregator/contracts';
import { createLogger, createMetrics } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { createNoticeEvents } from './notice-events.ts';

describe('metrics of notices', () => {
  it('have a zero for each type before the first notice, so that an alert sees it grow', async () => {
    const metrics = createMetrics('billing');
    createNoticeEvents(createLogger({ service: 'billing', level: 'error' }), metrics);

    const { text } = await metrics.read();
    const lines = text.split('\n');
    const zeros = billingNoticeType.options.filter((type) =>
      lines.some(
        (line) => line.startsWith('billing_notices_total{') && line.includes(`type="${type}"`) && line.endsWith(' 0'),
      ),
    );
    expect(zeros).toEqual(billingNoticeType.options);
  });
});
