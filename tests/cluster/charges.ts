import { chargeExplanation } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { createManagementClient } from '../world/management-client.ts';
import type { Installation } from './installation.ts';

/** Waits until each of these requests has been charged, and answers how often each one was: once, if all is well. */
export async function countCharges(
  { gatewayUrl, apiKey }: Installation,
  requestIds: readonly string[],
  timeoutMs = 60_000,
): Promise<number[]> {
  const client = createManagementClient(gatewayUrl, apiKey);
  const countOf = async () => {
    const charged = Map.groupBy(await client.transactions(), ({ requestId }) => requestId);
    return requestIds.map((id) => charged.get(id)?.length ?? 0);
  };
  await waitFor(async () => (await countOf()).every((count) => count > 0), {
    timeoutMs,
    describe: `a charge of each of ${requestIds.length} requests`,
  });
  return countOf();
}

/** What a request was charged, in nano-USD, and whether by estimate. */
export async function explainCharge({ gatewayUrl, apiKey }: Installation, requestId: string) {
  const client = createManagementClient(gatewayUrl, apiKey);
  const { json } = await client.request('GET', `/v1/billing/explain/${requestId}`);
  return chargeExplanation.parse(json);
}
