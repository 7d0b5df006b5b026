import type { RequestListener } from 'node:http';
import { createExpressApp } from '@aggregator/service-kit';
import type { ProviderOperatorContext } from './context.ts';

/** No service calls the operator: it serves health and metrics only. */
export function createProviderOperatorApp(context: ProviderOperatorContext): RequestListener {
  return createExpressApp(context, () => undefined);
}
