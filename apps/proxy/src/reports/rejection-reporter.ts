import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';
import { ProxyReporter } from './proxy-reporter.ts';
import type { RejectionLog } from './rejection-log.ts';

const intervalMs = 3000;

/** Says to billing why requests were rejected. What cannot be sent is lost: it is a sample. */
export function createRejectionReporter(
  log: RejectionLog,
  billing: InternalClient,
  onFailure: (error: unknown) => void,
): ProxyReporter {
  return new ProxyReporter({
    intervalMs,
    async send() {
      const rejections = log.take();
      if (rejections.length === 0) return;
      await billing.call({ method: 'POST', path: '/internal/rejections', body: { rejections }, answer: z.unknown() });
    },
    onFailure,
  });
}
