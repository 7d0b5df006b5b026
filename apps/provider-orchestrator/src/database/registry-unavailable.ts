import { AppError } from '@aggregator/contracts';

/** What the database throws is `service_unavailable` to the caller, with the cause kept for our logs; our own errors pass. */
export async function withRegistry<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('service_unavailable', { internal: 'registry', cause, retryAfterMs: 1000 });
  }
}
