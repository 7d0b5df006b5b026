import type { MembershipList, ModelList, ShownOrganization, SignInMethods, User } from '@aggregator/contracts';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call.ts';
import { send } from './http.ts';

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => get<User>('/v1/users/profile', {}, signal),
  staleTime: 60_000,
});

export const membershipsQuery = queryOptions({
  queryKey: ['memberships'],
  queryFn: ({ signal }) => get<MembershipList>('/v1/auth/memberships', {}, signal),
  staleTime: 60_000,
});

/** The organisation of the session, for those who may read its settings. */
export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: ({ signal }) => get<ShownOrganization>('/v1/auth/organization', {}, signal),
  staleTime: 60_000,
});

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => get<ModelList>('/v1/models', {}, signal),
  staleTime: 60_000,
});

/** The person who is signed in; undefined while it is not known. */
export function useProfile(): User | undefined {
  return useQuery(profileQuery).data;
}

/** How a person can sign in; needs no session. */
export const methodsQuery = queryOptions({
  queryKey: ['methods'],
  queryFn: () => send<SignInMethods>('GET', '/v1/auth/methods', {}),
  staleTime: 60_000,
});
