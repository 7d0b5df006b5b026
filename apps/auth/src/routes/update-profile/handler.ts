import { updateProfileRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { updateProfile } from '../../accounts/update-profile.ts';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../auth-context.ts';
import { standingOf } from '../../permissions/allow-action.ts';

export function updateProfileHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const user = await updateProfile(
      context,
      caller,
      standingOf(request),
      checkBody(updateProfileRequest, request.body),
    );
    context.events.profileUpdated({ requestId: caller.requestId, userId: user.id });
    response.json(user);
  };
}
