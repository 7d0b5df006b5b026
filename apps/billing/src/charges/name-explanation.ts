import type { ChargeExplanation } from '@aggregator/contracts';
import type { NameDirectory } from '@aggregator/service-kit';

/** Returns the explanation with the names of its user, API key and team in the organisation. */
export async function nameExplanation(
  names: NameDirectory,
  orgId: string,
  explanation: ChargeExplanation,
): Promise<ChargeExplanation> {
  const { userId, keyId, teamId } = explanation;
  const nameOf = await names.find(
    orgId,
    [userId, keyId, teamId].filter((id) => id !== undefined),
  );
  const of = (id: string | undefined) => (id === undefined ? undefined : nameOf(id));
  const [userName, keyName, teamName] = [of(userId), of(keyId), of(teamId)];
  return {
    ...explanation,
    ...(userName !== undefined && { userName }),
    ...(keyName !== undefined && { keyName }),
    ...(teamName !== undefined && { teamName }),
  };
}
