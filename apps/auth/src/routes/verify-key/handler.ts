import { verifyKeyRequest } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { judgeKey } from '../../keys/judge-key.ts';
import { recordRejectedUse } from '../../security/rejected-use.ts';

export function verifyKeyHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    const { keySha256 } = checkBody(verifyKeyRequest, request.body);
    const verdict = await judgeKey(context, keySha256, (key) => {
      recordRejectedUse(context, key).catch((error: unknown) => context.logger.error('security_event_lost', { error }));
    });
    context.events.keyJudged({ isValid: verdict.valid });
    response.json(verdict);
  };
}
