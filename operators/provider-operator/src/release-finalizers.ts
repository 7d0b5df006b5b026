import { connectKubernetes } from '@aggregator/kubernetes';
import { createLogger, processEnvironment, readConfig } from '@aggregator/service-kit';
import { providerOperatorVariables } from './config.ts';
import { releaseAll } from './finalizers/release-all.ts';

const deadlineMs = 60_000;
const { className, watchNamespaces, kubeconfigPath, logLevel } = providerOperatorVariables;
const config = readConfig({ className, watchNamespaces, kubeconfigPath, logLevel }, processEnvironment());
const logger = createLogger({ service: 'provider-operator', level: config.logLevel });
const connection = connectKubernetes(
  config.kubeconfigPath === undefined ? {} : { kubeconfigPath: config.kubeconfigPath },
);
const released = await releaseAll(connection, {
  ...{ className: config.className, namespaces: config.watchNamespaces },
  signal: AbortSignal.timeout(deadlineMs),
});
logger.info('finalizers_released', { className: config.className, released });
await connection.close();
