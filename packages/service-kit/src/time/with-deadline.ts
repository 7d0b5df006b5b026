/** The work did not end in time. It was not cancelled: it may still end later. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Returns the result of `work`. A later result is dropped.
 * @throws {DeadlineError} after `deadlineMs`: a dependency that does not answer in time counts as failed.
 */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineError(`${what} took longer than ${deadlineMs} ms`)), deadlineMs);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
