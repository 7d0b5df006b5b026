import { z } from 'zod';
import { shownOrganization, updateOrganizationRequest } from '../management/identity.ts';
import { createInvitationRequest, invitation, invitationList } from '../management/invitations.ts';
import {
  leaveQuery,
  listMembersQuery,
  member,
  memberList,
  transferRequest,
  updateMemberRequest,
} from '../management/members.ts';
import {
  auditList,
  auditQuery,
  exportedLine,
  requestDeletionRequest,
  requestedDeletion,
} from '../management/organization-life.ts';
import { queryPage } from '../management/page.ts';
import {
  createServiceAccountRequest,
  createTeamRequest,
  putTeamMemberRequest,
  team,
  teamList,
  teamMemberList,
  updateTeamRequest,
} from '../management/teams.ts';
import {
  blockList,
  blockQuery,
  listTenantsQuery,
  tenant,
  tenantList,
  updateTenantRequest,
} from '../management/tenants.ts';
import type { ApiRoute } from './route.ts';

const base = '/v1/auth/organization';
const org = { tag: 'Organisation' } as const;
const members = { tag: 'Members' } as const;
const teams = { tag: 'Teams' } as const;
const operator = { tag: 'Operator', needs: 'tenants.manage' } as const;
const blocked = '/v1/auth/blocks/{kind}/{id}';

/** The organisation, its members and teams, and what operators do with organisations. */
export const organizationRoutes: readonly ApiRoute[] = [
  {
    ...{ ...org, method: 'GET', path: base, summary: 'Show the organisation' },
    ...{ needs: 'organization.read', status: 200, answer: shownOrganization },
  },
  {
    ...{ ...org, method: 'PATCH', path: base, summary: 'Change the organisation' },
    ...{ needs: 'organization.update', body: updateOrganizationRequest, status: 200, answer: shownOrganization },
    isConditional: true,
  },
  {
    ...{ ...org, method: 'POST', path: `${base}/deletion`, summary: 'Delete the organisation after a grace period' },
    ...{ needs: 'organization.delete', body: requestDeletionRequest, status: 202, answer: requestedDeletion },
  },
  {
    ...{ ...org, method: 'DELETE', path: `${base}/deletion`, summary: 'Take the deletion back' },
    ...{ needs: 'organization.delete', status: 204 },
  },
  {
    ...{ ...org, method: 'GET', path: `${base}/export`, summary: 'Export the organisation as JSON Lines' },
    ...{ needs: 'organization.delete', status: 200, answer: exportedLine, answerType: 'application/x-ndjson' },
  },
  {
    ...{ ...org, method: 'GET', path: '/v1/auth/audit', summary: 'List privileged changes, newest first' },
    ...{ needs: 'audit.read', query: auditQuery, status: 200, answer: auditList },
    otherTypes: ['text/csv', 'application/x-ndjson'],
  },
  {
    ...{ ...org, method: 'POST', path: `${base}/leave`, summary: 'Leave the organisation' },
    ...{ needs: 'account.manage', body: leaveQuery, isBodyOptional: true, status: 204 },
  },
  {
    ...{ ...org, method: 'POST', path: `${base}/transfer`, summary: 'Make another member the owner' },
    ...{ needs: 'owners.manage', body: transferRequest, status: 204 },
  },
  {
    ...{ ...members, method: 'GET', path: `${base}/members`, summary: 'List members, oldest account first' },
    ...{ needs: 'members.read', query: listMembersQuery, status: 200, answer: memberList },
  },
  {
    ...{ ...members, method: 'GET', path: `${base}/members/{userId}`, summary: 'Show a member' },
    ...{ needs: 'members.read', status: 200, answer: member },
  },
  {
    ...{ ...members, method: 'PATCH', path: `${base}/members/{userId}`, summary: 'Change the role of a member' },
    ...{ needs: 'members.manage', body: updateMemberRequest, status: 200, answer: member, isConditional: true },
    codes: ['conflict'],
  },
  {
    ...{ ...members, method: 'DELETE', path: `${base}/members/{userId}`, summary: 'Remove a member' },
    ...{ needs: 'members.manage', query: leaveQuery, status: 204, isConditional: true, codes: ['conflict'] },
  },
  {
    ...{ ...members, method: 'POST', path: `${base}/service-accounts`, summary: 'Create a service account' },
    ...{ needs: 'members.manage', body: createServiceAccountRequest, status: 201, answer: member },
  },
  {
    ...{ ...members, method: 'POST', path: `${base}/invitations`, summary: 'Invite a person by mail' },
    ...{
      needs: 'members.manage',
      body: createInvitationRequest,
      status: 201,
      answer: invitation,
      codes: ['not_found'],
    },
  },
  {
    ...{ ...members, method: 'GET', path: `${base}/invitations`, summary: 'List open invitations, oldest first' },
    ...{ needs: 'members.manage', query: queryPage, status: 200, answer: invitationList },
  },
  {
    ...{ ...members, method: 'DELETE', path: `${base}/invitations/{id}`, summary: 'Revoke an invitation' },
    ...{ needs: 'members.manage', status: 204 },
  },
  {
    ...{ ...teams, method: 'POST', path: `${base}/teams`, summary: 'Create a team' },
    ...{ needs: 'teams.manage', body: createTeamRequest, status: 201, answer: team },
  },
  {
    ...{ ...teams, method: 'GET', path: `${base}/teams`, summary: 'List teams, oldest first' },
    ...{ needs: 'teams.read', query: queryPage, status: 200, answer: teamList },
  },
  {
    ...{ ...teams, method: 'GET', path: `${base}/teams/{teamId}`, summary: 'Show a team' },
    ...{ needs: 'teams.read', status: 200, answer: team },
  },
  {
    ...{ ...teams, method: 'PATCH', path: `${base}/teams/{teamId}`, summary: 'Change a team' },
    ...{ needs: 'teams.manage', body: updateTeamRequest, status: 200, answer: team, isConditional: true },
  },
  {
    ...{ ...teams, method: 'DELETE', path: `${base}/teams/{teamId}`, summary: 'Delete a team; its keys are revoked' },
    ...{ needs: 'teams.manage', status: 204, isConditional: true },
  },
  {
    ...{ ...teams, method: 'GET', path: `${base}/teams/{teamId}/members`, summary: 'List the members of a team' },
    ...{ needs: 'teams.read', query: queryPage, status: 200, answer: teamMemberList },
  },
  {
    ...{
      ...teams,
      method: 'PUT',
      path: `${base}/teams/{teamId}/members/{userId}`,
      summary: 'Put a member into a team',
    },
    ...{ needs: 'teams.staff', body: putTeamMemberRequest, status: 204 },
  },
  {
    ...{ ...teams, method: 'DELETE', path: `${base}/teams/{teamId}/members/{userId}` },
    ...{ summary: 'Take a member out of a team', needs: 'teams.staff', query: leaveQuery, status: 204 },
  },
  {
    ...{ ...operator, method: 'GET', path: '/v1/auth/organizations', summary: 'List organisations, newest first' },
    ...{ query: listTenantsQuery, status: 200, answer: tenantList },
  },
  {
    ...{ ...operator, method: 'GET', path: '/v1/auth/organizations/{id}', summary: 'Show any organisation' },
    ...{ status: 200, answer: tenant },
  },
  {
    ...{ ...operator, method: 'PATCH', path: '/v1/auth/organizations/{id}', summary: 'Set the ceilings of one' },
    ...{ body: updateTenantRequest, status: 200, answer: tenant, isConditional: true },
  },
  {
    ...{ ...operator, method: 'GET', path: '/v1/auth/blocks', summary: 'List blocks, newest first' },
    ...{ status: 200, answer: blockList },
  },
  {
    ...{ ...operator, method: 'PUT', path: blocked, summary: 'Block an organisation, a user or an API key' },
    ...{ query: blockQuery, status: 204 },
  },
  {
    ...{ ...operator, method: 'DELETE', path: blocked, summary: 'Take a block back' },
    ...{ query: z.strictObject({}), status: 204 },
  },
];
