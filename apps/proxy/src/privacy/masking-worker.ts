import { parentPort } from 'node:worker_threads';
import { type MaskingJob, runMaskingJob } from '@aggregator/anonymisation';
import { toAppError } from '@aggregator/contracts';
import type { MaskingReply } from './masking-thread.ts';

/** The thread that masks large texts: one job after the other, each with one reply. */
parentPort?.on('message', (job: MaskingJob) => parentPort?.postMessage(answer(job)));

function answer(job: MaskingJob): MaskingReply {
  try {
    return { outcome: runMaskingJob(job) };
  } catch (error) {
    const { code, publicMessage } = toAppError(error);
    return { code, message: publicMessage };
  }
}
