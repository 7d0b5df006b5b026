import { Worker } from 'node:worker_threads';
import type { MaskingJob, MaskingOutcome } from '@aggregator/anonymisation';
import { AppError, type ErrorCode } from '@aggregator/contracts';

export type MaskingReply =
  | { readonly outcome: MaskingOutcome }
  | { readonly code: ErrorCode; readonly message: string };

export interface MaskingThreadOptions {
  /** A job that takes longer ends its thread. */
  readonly deadlineMs: number;
  /** V8's heap of the thread: a job that needs more ends its thread, and nothing else. */
  readonly heapMebibytes: number;
}

/** Beside this file, as a source or in the bundle. */
const file = import.meta.url.endsWith('.ts') ? './masking-worker.ts' : './masking-worker.mjs';

/** A thread that masks one job at a time. Starts with the first one, and again after one that ended it. */
export class MaskingThread {
  readonly #options: MaskingThreadOptions;
  #worker: Worker | null = null;

  constructor(options: MaskingThreadOptions) {
    this.#options = options;
  }

  /** @throws {AppError} as the job does; `request_too_large` if it takes too long or too much memory. */
  run(job: MaskingJob): Promise<MaskingOutcome> {
    const worker = this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<MaskingOutcome>();
    const end = (internal: string, cause?: unknown) => {
      this.close();
      const message = 'The texts of the request are too much to be masked at once. Send less at once.';
      reject(new AppError('request_too_large', { internal, message, cause }));
    };
    const timer = setTimeout(() => end('masking took too long'), this.#options.deadlineMs);
    const onReply = (reply: MaskingReply) => {
      if ('outcome' in reply) resolve(reply.outcome);
      else reject(new AppError(reply.code, { message: reply.message }));
    };
    const onError = (cause: unknown) => end('the masking thread', cause);
    const onExit = () => end('the masking thread ended');
    worker.once('message', onReply).once('error', onError).once('exit', onExit);
    worker.ref();
    worker.postMessage(job);
    return promise.finally(() => {
      clearTimeout(timer);
      worker.off('message', onReply).off('error', onError).off('exit', onExit);
      // What a thread that is being ended says is of no use to anybody.
      worker.on('error', () => undefined).unref();
    });
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL(file, import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMebibytes },
    });
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}
