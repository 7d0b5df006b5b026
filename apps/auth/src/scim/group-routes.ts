import { jsonBody } from '@aggregator/service-kit';
import type { Router } from 'express';
import type { AuthContext } from '../auth-context.ts';
import { answering, changing, idOf } from './answering.ts';
import {
  changeGroup,
  changeGroupDraft,
  createGroup,
  deleteGroup,
  readGroup,
  readGroupResource,
  toGroupResource,
} from './groups.ts';
import { listGroups } from './list.ts';
import type { ScimCaller } from './scim-caller.ts';
import { readScimPatch } from './scim-patch.ts';
import { readScimQuery } from './scim-query.ts';

export function addGroupRoutes(router: Router, context: AuthContext, baseUrl: string): void {
  const group = async (status: number, row: Parameters<typeof toGroupResource>[0], caller: ScimCaller) => {
    const { organizationId, actor } = caller;
    const fact = { requestId: actor.requestId, organizationId, teamId: row.id };
    await context.events.teamChanged({ ...fact, change: 'team_updated' });
    return { status, body: toGroupResource(row, baseUrl) };
  };
  router.get(
    '/Groups',
    answering(async ({ query }, caller) => ({
      status: 200,
      body: await listGroups(context, caller, readScimQuery(query), baseUrl),
    })),
  );
  router.get(
    '/Groups/:id',
    answering(async (request, caller) => {
      const { members, ...team } = await readGroup(context.database, caller, idOf(request));
      const { withMembers } = readScimQuery(request.query);
      return { status: 200, body: toGroupResource({ ...team, ...(withMembers && { members }) }, baseUrl) };
    }),
  );
  router.post(
    '/Groups',
    jsonBody,
    changing(context, async ({ body }, caller) =>
      group(201, await createGroup(context, caller, readGroupResource(body)), caller),
    ),
  );
  router.put(
    '/Groups/:id',
    jsonBody,
    changing(context, async (request, caller) => {
      const draft = readGroupResource(request.body);
      return group(200, await changeGroup(context, caller, idOf(request), () => draft), caller);
    }),
  );
  router.patch(
    '/Groups/:id',
    jsonBody,
    changing(context, async (request, caller) => {
      const changes = readScimPatch(request.body);
      const end = await changeGroup(context, caller, idOf(request), (present) => changeGroupDraft(present, changes));
      return group(200, end, caller);
    }),
  );
  router.delete(
    '/Groups/:id',
    changing(context, async (request, caller) => {
      const teamId = idOf(request);
      await deleteGroup(context, caller, teamId);
      const { organizationId, actor } = caller;
      const fact = { requestId: actor.requestId, organizationId, teamId };
      await context.events.teamChanged({ ...fact, change: 'team_deleted' });
      return { status: 204 };
    }),
  );
}
