import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MaskingJob, MaskingOutcome } from '@aggregator/anonymisation';
import { AppError, type ErrorCode } from '@aggregator/contracts';

export type MaskingReply =
  | { readonly outcome: MaskingOutcome }
  | { readonly code: ErrorCode; readonly message: string };

export interface MaskingProcessOptions {
  /** A job that takes longer ends its process. */
  readonly deadlineMs: number;
  /** V8's heap of the process: a job that needs more ends it, and nothing else. */
  readonly heapMebibytes: number;
}

/** V8 ends its process by one of them if it has no memory left. Any other end is no fault of the job. */
const ofMemory: ReadonlySet<NodeJS.Signals> = new Set(['SIGABRT', 'SIGILL', 'SIGTRAP']);

/** Beside this file, as a source or in the bundle. */
const file = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './masking-worker.ts' : './masking-worker.mjs', import.meta.url),
);

/**
 * A process that masks one job at a time. It starts with the first job, and again after a job that ended it. A thread would
 * be cheaper, but V8 ends the whole process if a thread asks for one large piece of memory beyond its limit.
 */
export class MaskingProcess {
  readonly #options: MaskingProcessOptions;
  #child: ChildProcess | null = null;

  constructor(options: MaskingProcessOptions) {
    this.#options = options;
  }

  /**
   * @throws {AppError} as the job does; `request_too_large` if it takes too long or too much memory; `service_unavailable` if
   * no process can be started, or if it is killed.
   */
  run(job: MaskingJob): Promise<MaskingOutcome> {
    const child = this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<MaskingOutcome>();
    const end = (internal: string) => {
      this.close();
      const message = 'The texts of the request are too much to be masked at once. Send less at once.';
      reject(new AppError('request_too_large', { internal, message }));
    };
    const timer = setTimeout(() => end('masking took too long'), this.#options.deadlineMs);
    const onReply = (reply: MaskingReply) => {
      if ('outcome' in reply) resolve(reply.outcome);
      else reject(new AppError(reply.code, { message: reply.message }));
    };
    const fail = (internal: string, cause?: unknown) => {
      this.close();
      reject(new AppError('service_unavailable', { internal, cause, retryAfterMs: 1000 }));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
      const internal = `the masking process ended: ${signal ?? code}`;
      if (signal !== null && ofMemory.has(signal)) end(internal);
      else fail(internal);
    };
    const onError = (cause: unknown) => fail('the masking process', cause);
    child.once('message', onReply).once('exit', onExit).once('error', onError);
    child.ref();
    child.channel?.ref();
    // A process that has ended meanwhile says so by its exit.
    child.send(job, () => undefined);
    return promise.finally(() => {
      clearTimeout(timer);
      child.off('message', onReply).off('exit', onExit).off('error', onError);
      child.unref();
      child.channel?.unref();
    });
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  /** The process gets no environment, because it needs none of the secrets in it, and ends when its channel closes. */
  #start(): ChildProcess {
    if (this.#child !== null) return this.#child;
    const child = fork(file, {
      env: {},
      execArgv: [`--max-old-space-size=${this.#options.heapMebibytes}`, '--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // An error of a process between its jobs, or of one that is being ended, has no reader.
    child.on('error', () => undefined);
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
    });
    this.#child = child;
    return child;
  }
}
