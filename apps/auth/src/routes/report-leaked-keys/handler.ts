import { type LeakedKeysAnswer, leakedKeysRequest } from '@aggregator/contracts';
import { checkBody, parseJsonBody, readJsonBytes, readRequestId } from '@aggregator/service-kit';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { clientAddressOf } from '../../attempts/client-address.ts';
import type { AuthContext } from '../../auth-context.ts';
import { stopLeakedKey } from '../../security/stop-leaked-key.ts';
import { verifyReport } from '../../security/verify-report.ts';

const bytesMax = 64 * 1024;
/** The body is an array. The parser takes objects alone, with its bounds. */
const [opening, closing] = [Buffer.from('{"keys":'), Buffer.from('}')];
const report = z.strictObject({ keys: leakedKeysRequest });

/** POST /v1/auth/leaked-keys: stops the keys that a secret scanner found. The signature is checked before the body is parsed. */
export function reportLeakedKeysHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    context.loginGuard.admitAddress(clientAddressOf(request));
    const body = await readJsonBytes(request, bytesMax);
    const header = (name: string) => headerOf(request, name);
    const signed = {
      ...{ body, keyIdentifier: header('github-public-key-identifier') },
      ...{ keySignature: header('github-public-key-signature'), signature: header('x-aggregator-signature') },
    };
    verifyReport(context.leakReportKeys, signed, context.now());
    const { keys } = checkBody(report, parseJsonBody(Buffer.concat([opening, body, closing])));
    const answer: LeakedKeysAnswer = [];
    for (const { token, type, url } of keys) {
      const isOurs = await stopLeakedKey(context, { token, where: url ?? '' }, readRequestId(request));
      answer.push({ token_raw: token, token_type: type, label: isOurs ? 'true_positive' : 'false_positive' });
    }
    response.set('cache-control', 'no-store').json(answer);
  };
}

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value.length <= 1024 ? value : undefined;
}
