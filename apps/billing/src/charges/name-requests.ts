import type { ListedRequest } from '@aggregator/contracts';
import type { NameDirectory } from '@aggregator/service-kit';

/** Returns requests with the names of their users, API keys and teams in the organisation. */
export async function nameRequests(
  names: NameDirectory,
  orgId: string,
  requests: readonly ListedRequest[],
): Promise<ListedRequest[]> {
  const ids = requests.flatMap(({ userId, keyId, teamId }) => [userId, keyId, teamId]).filter((id) => id !== null);
  const nameOf = await names.find(orgId, [...new Set(ids)]);
  return requests.map((request) => {
    const of = (id: string | null) => (id === null ? undefined : nameOf(id));
    const [userName, keyName, teamName] = [of(request.userId), of(request.keyId), of(request.teamId)];
    return {
      ...request,
      ...(userName !== undefined && { userName }),
      ...(keyName !== undefined && { keyName }),
      ...(teamName !== undefined && { teamName }),
    };
  });
}
