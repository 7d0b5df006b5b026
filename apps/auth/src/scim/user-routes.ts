import { jsonBody } from '@aggregator/service-kit';
import type { Router } from 'express';
import type { AuthContext } from '../auth-context.ts';
import { type Answer, answering, changing, idOf } from './answering.ts';
import { listUsers } from './list.ts';
import type { ScimCaller } from './scim-caller.ts';
import { readScimPatch } from './scim-patch.ts';
import { readScimQuery } from './scim-query.ts';
import { changeDraft, readUserResource } from './user-draft.ts';
import { toUserResource } from './user-resource.ts';
import { changeScimUser, createScimUser, deleteScimUser, readUser, type UserChange } from './users.ts';

export function addUserRoutes(router: Router, context: AuthContext, baseUrl: string): void {
  const announce = async ({ row, change }: UserChange, { organizationId, actor }: ScimCaller) => {
    if (change === null) return;
    const fact = { requestId: actor.requestId, organizationId, userIds: [row.id] };
    await context.events.membersChanged({ ...fact, change });
  };
  const user = async (status: number, end: UserChange, caller: ScimCaller): Promise<Answer> => {
    await announce(end, caller);
    return { status, body: toUserResource(end.row, baseUrl) };
  };
  router.get(
    '/Users',
    answering(async ({ query }, caller) => ({
      status: 200,
      body: await listUsers(context, caller, readScimQuery(query), baseUrl),
    })),
  );
  router.get(
    '/Users/:id',
    answering(async (request, caller) => ({
      status: 200,
      body: toUserResource(await readUser(context.database, caller, idOf(request)), baseUrl),
    })),
  );
  router.post(
    '/Users',
    jsonBody,
    changing(context, async ({ body }, caller) =>
      user(201, await createScimUser(context, caller, readUserResource(body)), caller),
    ),
  );
  router.put(
    '/Users/:id',
    jsonBody,
    changing(context, async (request, caller) => {
      const draft = readUserResource(request.body);
      return user(200, await changeScimUser(context, caller, idOf(request), () => draft), caller);
    }),
  );
  router.patch(
    '/Users/:id',
    jsonBody,
    changing(context, async (request, caller) => {
      const changes = readScimPatch(request.body);
      const end = await changeScimUser(context, caller, idOf(request), (present) => changeDraft(present, changes));
      return user(200, end, caller);
    }),
  );
  router.delete(
    '/Users/:id',
    changing(context, async (request, caller) => {
      await announce(await deleteScimUser(context, caller, idOf(request)), caller);
      return { status: 204 };
    }),
  );
}
