import { updateProfileRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { updateProfile } from '../../accounts/update-profile.ts';
import { callerOf } from '../../audit/caller.ts';
import type { AuthContext } from '../../context.ts';

export function updateProfileHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(request);
    const user = await updateProfile(context, caller, checkBody(updateProfileRequest, request.body));
    context.events.profileUpdated({ requestId: caller.requestId, userId: user.id });
    response.json(user);
  };
}
