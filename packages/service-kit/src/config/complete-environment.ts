import { withOlderNames } from './older-names.ts';
import type { Environment } from './read-config.ts';
import { withDatabaseUrls } from './store-variables.ts';

/** The environment as services read it: older names as those of today, and a database for each service. */
export function completeEnvironment(environment: Environment): Environment {
  return withDatabaseUrls(withOlderNames(environment));
}
