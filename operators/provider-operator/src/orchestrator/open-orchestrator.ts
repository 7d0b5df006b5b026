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
  putDeclarations(
    set: Pick<PutDeclarationsRequest, 'providers' | 'routes' | 'priceTables'>,
  ): Promise<DeclarationsAnswer>;
  readState(): Promise<RoutingState>;
}

const credentialsPerCall = 500;
/** UTF-16 units of the values of one call; a body has 1 MiB at most. */
const valuesLengthMax = 512 * 1024;

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
      for (const some of divide(credentials)) {
        const body = { ...fence(), credentials: some };
        await client.call({ method: 'PUT', path: `${path}/credentials`, body, answer: z.undefined() });
      }
    },
    putDeclarations: (set) =>
      client.call({ method: 'PUT', path, body: { ...fence(), ...set }, answer: declarationsAnswer }),
    readState: () => client.call({ method: 'GET', path: '/internal/routing-state', answer: routingState }),
  };
}

/** Certificates are much longer than keys. */
function divide(credentials: readonly DeclaredCredential[]): DeclaredCredential[][] {
  const calls: DeclaredCredential[][] = [];
  let length = 0;
  for (const credential of credentials) {
    const last = calls.at(-1);
    length += credential.value.length;
    if (last !== undefined && last.length < credentialsPerCall && length <= valuesLengthMax) last.push(credential);
    else {
      calls.push([credential]);
      length = credential.value.length;
    }
  }
  return calls;
}
