import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import { mustGiveTurn, takeSteps } from '../attempts/give-turn.ts';
import type { Exchange } from '../exchange.ts';

/** Returns a body as a chat. A large one is translated in steps; a small request waits for nothing, not even for a promise. */
export function toChat(
  surface: ChatSurface,
  exchange: Pick<Exchange, 'place'>,
  body: unknown,
): SurfaceRequest | Promise<SurfaceRequest> {
  if (surface.toChatSteps === undefined || !mustGiveTurn(exchange)) return surface.toChat(body);
  return takeSteps(exchange, surface.toChatSteps(body));
}
