import { useQuery } from '@tanstack/react-query';
import { can } from './permissions.ts';
import { organizationQuery, useProfile } from './queries.ts';

/** Keys of tags that the organisation allows; none for those who may not read its settings. */
export function useTagKeys(): readonly string[] {
  const user = useProfile();
  return useQuery({ ...organizationQuery, enabled: can(user, 'organization.read') }).data?.tagKeys ?? [];
}
