import {
  type DeclarationsAnswer,
  type DeclaredCredential,
  declarationsAnswer,
  type PutDeclarationsRequest,
  type RoutingState,
  routingState,
} from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';

/** Calls to the orchestrator. Each call has a deadline; `stale_declaration` means that another process leads. */
export interface Orchestrator {
  /** In as many calls as it takes. */
  putCredentials(credentials: readonly DeclaredCredential[]): Promise<void>;
  putDeclarations(set: Pick<PutDeclarationsRequest, 'providers' | 'routes'>): Promise<DeclarationsAnswer>;
  readState(): Promise<RoutingState>;
}

const credentialsPerCall = 500;

/** Speaks for one leader: each of its calls has the next sequence, so that one that was late changes nothing. */
export function openOrchestrator(client: InternalClient, owner: string, epoch: number): Orchestrator {
  let sequence = 0;
  const path = `/internal/declarations/${owner}`;
  const fence = () => {
    sequence += 1;
    return { epoch, sequence };
  };

  return {
    async putCredentials(credentials) {
      for (let start = 0; start < credentials.length; start += credentialsPerCall) {
        const body = { ...fence(), credentials: credentials.slice(start, start + credentialsPerCall) };
        await client.call({ method: 'PUT', path: `${path}/credentials`, body, answer: z.undefined() });
      }
    },
    putDeclarations: (set) =>
      client.call({ method: 'PUT', path, body: { ...fence(), ...set }, answer: declarationsAnswer }),
    readState: () => client.call({ method: 'GET', path: '/internal/routing-state', answer: routingState }),
  };
}
