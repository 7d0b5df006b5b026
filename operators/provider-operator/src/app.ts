import type { RequestListener } from 'node:http';
import { createExpressApp } from '@aggregator/service-kit';
import type { ProviderOperatorContext } from './context.ts';

/** Nobody calls the operator: there is its health, and its metrics. */
export function createProviderOperatorApp(context: ProviderOperatorContext): RequestListener {
  return createExpressApp(context, () => undefined);
}
