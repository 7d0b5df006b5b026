import { createdApiKey, tokenAnswer } from '@aggregator/contracts';
import { createManagementClient, type ManagementClient } from '../world/management-client.ts';

/** A new organisation with an API key, and its owner's session. */
export async function signUp(baseUrl: string): Promise<{ apiKey: string; session: ManagementClient }> {
  const stranger = createManagementClient(baseUrl, null);
  const account = { email: `owner-${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() };
  await stranger.request('POST', '/v1/auth/register', { ...account, name: 'Owner' });
  const login = await stranger.request('POST', '/v1/auth/login', account);
  const session = createManagementClient(baseUrl, tokenAnswer.parse(login.json).accessToken);
  const created = await session.request('POST', '/v1/auth/api-keys', { name: 'first' });
  return { apiKey: createdApiKey.parse(created.json).key, session };
}
