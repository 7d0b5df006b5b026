import { AppError } from '@aggregator/contracts';

/** Maps errors of the database to `service_unavailable`, with the cause for our logs. Other errors pass unchanged. */
export async function withRegistry<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('service_unavailable', { internal: 'registry', cause, retryAfterMs: 1000 });
  }
}
