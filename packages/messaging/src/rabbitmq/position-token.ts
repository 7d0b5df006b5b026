import type { ConsumeMessage } from 'amqplib';
import { z } from 'zod';

/**
 * A message in a queue of claims. Such a queue has one active consumer: who is active reads the partition. Its first message
 * is the token that it sent itself, behind those of all who read before: the greatest position among them is the group's.
 */
const positionToken = z.object({
  /** Who sent it. */
  id: z.string(),
  /** Decimal offset of the first record that is not handled, as far as the sender knows. */
  position: z.string().regex(/^\d+$/),
  /** True if the sender wants to read the partition; if not, it asks for the position alone. */
  isMember: z.boolean(),
});
export type PositionToken = z.infer<typeof positionToken>;

export function toTokenBody(token: PositionToken): Buffer {
  return Buffer.from(JSON.stringify(token));
}

/** Returns null for a message that is no token. */
export function fromTokenMessage({ content }: ConsumeMessage): PositionToken | null {
  try {
    return positionToken.parse(JSON.parse(content.toString()));
  } catch {
    return null;
  }
}
