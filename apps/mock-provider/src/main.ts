import { onceTerminated, processEnvironment } from '@aggregator/service-kit';
import { readMockProviderConfig, startMockProvider } from './index.ts';

try {
  const config = readMockProviderConfig(processEnvironment());
  const server = await startMockProvider(config);
  process.stdout.write(`mock-provider listens at ${server.url}\n`);
  onceTerminated(() => server.close({ graceMs: config.shutdownGraceMs }));
} catch (error) {
  process.stderr.write(`mock-provider: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
