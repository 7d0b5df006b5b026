import { ConfigError } from '@aggregator/service-kit';

/** Why it did not start, as a sentence to act on where we know one, else with all that is known. */
export function reportFailure(error: unknown): string {
  if (error instanceof ConfigError) return `\n${error.message}\n`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : 'a needed port';
    return `\nPort ${port} is taken. Stop what listens there, or choose other ports: PORT_BASE=4000 npm start\n`;
  }
  return `\nThe start failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
}
