/** @throws {Error} If the tier has no PostgreSQL. */
export function readServerUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (url === undefined || url === '') throw new Error('TEST_POSTGRES_URL is not set: the set-up of each tier sets it');
  return url;
}
