import { modelList } from '@aggregator/contracts';

const deadlineMs = 30_000;
const pollMs = 25;

/**
 * Asks the open door itself, with the key that will be printed, until a model is served. So "ready" means that the
 * first request of the user goes through: gateway, auth, proxy and the orchestrator's snapshot.
 */
export async function waitForFirstModel(baseUrl: string, apiKey: string): Promise<string> {
  const endMs = performance.now() + deadlineMs;
  let last = 'no answer';
  while (performance.now() < endMs) {
    const found = await readFirstModel(baseUrl, apiKey).catch((error: unknown) => String(error));
    if (typeof found === 'object') return found.model;
    last = found;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`The services started, but no model is served after ${deadlineMs / 1000} s (${last}).`);
}

async function readFirstModel(baseUrl: string, apiKey: string): Promise<{ model: string } | string> {
  const answer = await fetch(`${baseUrl}/v1/models`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(5000),
  });
  const text = await answer.text();
  if (!answer.ok) return `status ${answer.status}`;
  const rows = modelList.parse(JSON.parse(text)).data;
  const row =
    rows.find((candidate) => candidate.id === 'gpt-4o-mini' || candidate.id === 'mock-small') ??
    rows.find((candidate) => !candidate.id.includes('embedding'));
  return row === undefined ? 'no model' : { model: row.id };
}
