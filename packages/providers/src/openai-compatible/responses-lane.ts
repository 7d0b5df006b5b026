import { isRecord } from '@aggregator/contracts';
import { openAiEndpoint } from '../openai/endpoint.ts';
import { createResponsesLane } from '../openai/responses/native.ts';
import type { NativeLane } from '../provider-adapter.ts';
import { addressed } from './address.ts';
import type { Profile } from './profiles/profile.ts';

/** Tools that the client runs. What a server runs itself has no price here. */
const clientTools: ReadonlySet<string> = new Set([
  ...['apply_patch', 'custom', 'function', 'local_shell', 'namespace', 'tool_search'],
]);

/**
 * The Responses API of a compatible server, if its profile says that it has one: requests go out as they came. It is not asked for
 * encrypted reasoning, which few of them know.
 */
export function compatibleResponsesLane(profile: Profile): NativeLane {
  const adjust = addressed(profile);
  return createResponsesLane({
    serves: () => true,
    boundTools(lane) {
      lane.cutTools(
        (type, tool) => !clientTools.has(type) && !(type === 'shell' && isLocal(tool)),
        ({ name, type }) => name ?? type,
      );
      return null;
    },
    givesReasoning: () => false,
    toEndpoint: (target) => adjust(openAiEndpoint(target, '/responses'), target),
  });
}

function isLocal({ environment }: Readonly<Record<string, unknown>>): boolean {
  return !isRecord(environment) || environment.type === 'local';
}
