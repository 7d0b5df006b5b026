import { readFileSync } from 'node:fs';
import { startControlPlane } from '@aggregator/testing';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';

export interface ApiAnswer {
  status: number;
  json: unknown;
}

export interface ApiServer {
  call(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    options?: { body?: unknown; query?: Readonly<Record<string, string>>; accept?: string },
  ): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

const contentTypes = { GET: 'application/json', POST: 'application/json', PATCH: 'application/merge-patch+json' };
const callDeadlineMs = 60_000;
const kubeconfig = z.object({ users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]) });

/** A private API server, answered as it answers: refusals are what is looked at here. A PATCH is a merge, as kubectl's. */
export async function startApiServer(): Promise<ApiServer> {
  const plane = await startControlPlane();
  const { users } = kubeconfig.parse(parse(readFileSync(plane.kubeconfigPath, 'utf8')));
  // Its certificate is its own; what is private to this machine and this minute needs no other proof.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  return {
    async call(method, path, { body, query, accept = 'application/json' } = {}) {
      const answer = await request(`${plane.apiServerUrl}${path}`, {
        ...{ method, dispatcher, query: query ?? {}, signal: AbortSignal.timeout(callDeadlineMs) },
        headers: {
          ...{ authorization: `Bearer ${users[0].user.token}`, accept },
          'content-type': contentTypes[method],
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, json: await answer.body.json() };
    },
    async stop() {
      await dispatcher.destroy();
      await plane.close();
    },
  };
}
