/** Tells `onError`; a reporter that throws must not end the delivery that it reports about. */
export function reportError(onError: (error: unknown) => void, error: unknown): void {
  try {
    onError(error);
  } catch {
    // Nobody is left to tell.
  }
}
