/**
 * The `code` of a system error (`ENOENT`, `EPERM`, …). Not by `instanceof`: Jest gives each test file another `Error`.
 */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
