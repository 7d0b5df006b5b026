import { spoolMark } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import type { Spool } from '@aggregator/spool';
import type { OpenHolds } from './open-holds.ts';
import { ProxyReporter } from './proxy-reporter.ts';
import { SpoolMarks } from './spool-marks.ts';

export interface WatermarkReporter {
  /** Reports once, before requests are taken: from then on billing waits for this spool. Never rejects. */
  reportOpened(): Promise<void>;
  /** Reports every few seconds, until `signal`. */
  run(signal: AbortSignal): Promise<void>;
  /** Reports that nothing is left behind, if that is so. Never rejects. */
  reportClosed(): Promise<void>;
}

const intervalMs = 3000;

/** Says to billing how far the spool is, so that billing gives back no money that a settlement may still need. */
export function createWatermarkReporter(options: {
  spool: Spool;
  holds: OpenHolds;
  billing: InternalClient;
  onFailure(error: unknown): void;
}): WatermarkReporter {
  const { spool, holds, billing, onFailure } = options;
  const marks = new SpoolMarks(spool, holds);

  const send = async (isClosed: boolean) => {
    const { openIntents, unshippedSettlements } = spool.readPending();
    const answer = await billing.call({
      method: 'POST',
      path: '/internal/spools/watermark',
      body: {
        ...{ spoolId: spool.id, epoch: spool.readProgress().epoch, passed: marks.readPassed(), isClosed },
        openRequests: Math.max(openIntents, holds.size),
        unshipped: Math.max(0, unshippedSettlements),
      },
      answer: spoolMark,
    });
    marks.take(answer.mark);
  };

  const reporter = new ProxyReporter({ intervalMs, send: () => send(false), onFailure });
  return {
    reportOpened: () => send(false).catch(onFailure),
    run: (signal) => reporter.run(signal),
    async reportClosed() {
      const { openIntents, unshippedSettlements } = spool.readPending();
      if (openIntents > 0 || unshippedSettlements > 0) return;
      await send(true).catch(onFailure);
    },
  };
}
