import type { TranslatedRequest } from '@aggregator/providers';
import { writeJsonInTurns } from '@aggregator/service-kit';
import type { Exchange } from '../exchange.ts';

/** A body that is sent, or the replacement of one that exceeds the bounds. */
export type RequestBody = Pick<TranslatedRequest, 'body' | 'writeBody'>;

/** Writes the bodies of a large request in turns. Those of a small one are written when they are read. */
export async function writeBodies({ place }: Pick<Exchange, 'place'>, requests: readonly RequestBody[]): Promise<void> {
  await place.takeTurn();
  for (const request of requests) await request.writeBody?.((fields) => writeJsonInTurns(fields, place));
}

/** Returns the texts of bodies. */
export function textsOf(requests: readonly RequestBody[]): readonly string[] {
  return requests.map(({ body }) => body);
}
