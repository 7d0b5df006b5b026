/** Calls `onError`; a reporter that throws must not end the delivery that it reports about. */
export function reportError(onError: (error: unknown) => void, error: unknown): void {
  try {
    onError(error);
  } catch {
    // There is no other place to report to.
  }
}
