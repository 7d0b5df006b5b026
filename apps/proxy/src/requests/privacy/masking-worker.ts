import { type MaskBody, type MaskingJob, runMaskingJob } from '@aggregator/anonymisation';
import { toAppError } from '@aggregator/contracts';
import { type ChatSurfaceName, maskBody } from '@aggregator/surfaces';
import type { MaskingReply } from './masking-process.ts';

/** The process that masks large texts: one job after the other, each with one reply. It ends when the proxy does. */
process.on('message', (job: MaskingJob) => process.send?.(answer(job)));
// A terminal sends its signals to this process, too; the proxy serves to the end of its grace.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

function answer(job: MaskingJob): MaskingReply {
  try {
    const maskBodyOf: MaskBody = (json, surface, masker) => maskBody(json, surface as ChatSurfaceName, masker);
    return { outcome: runMaskingJob(job, maskBodyOf) };
  } catch (error) {
    const { code, publicMessage } = toAppError(error);
    return { code, message: publicMessage };
  }
}
