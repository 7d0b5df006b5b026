import { AppError } from '@aggregator/contracts';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { AuthContext } from '../auth-context.ts';
import { type ScimCaller, scimCallerOf } from './scim-caller.ts';

/** What a route returns: a status, and a resource unless it is 204. */
export interface Answer {
  status: number;
  body?: object & { meta?: { location: string } };
}

export type Answering = (request: Request, caller: ScimCaller) => Promise<Answer> | Answer;

/** Sends what a function returns. */
export function answering(answer: Answering): RequestHandler {
  return async (request, response) => send(response, await answer(request, scimCallerOf(request)));
}

/** As `answering`, for a change: those of one organisation lock each other out, so they wait for their turn. */
export function changing(
  { changes }: Pick<AuthContext, 'changes'>,
  answer: (request: Request, caller: ScimCaller) => Promise<Answer>,
): RequestHandler {
  return answering((request, caller) => changes(caller.organizationId, () => answer(request, caller)));
}

/** Throws `not_found` for a path without an id. */
export function idOf(request: Request): string {
  const parsed = z.uuid().safeParse(request.params.id);
  if (!parsed.success) throw new AppError('not_found');
  return parsed.data;
}

function send(response: Response, { status, body }: Answer): void {
  response.status(status);
  if (body === undefined) return void response.end();
  if (status === 201 && body.meta !== undefined) response.set('location', body.meta.location);
  response.type('application/scim+json').send(JSON.stringify(body));
}
