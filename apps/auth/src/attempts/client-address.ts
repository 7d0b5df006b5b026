import type { IncomingMessage } from 'node:http';
import { toAddressBlock } from '@aggregator/service-kit';

/** Returns the block of the client's address. The gateway alone may call us, and its entry is last in `x-forwarded-for`. */
export function clientAddressOf(request: Pick<IncomingMessage, 'headers'>): string {
  const forwarded = request.headers['x-forwarded-for'];
  const address = (typeof forwarded === 'string' ? forwarded : '').split(',').at(-1)?.trim() ?? '';
  if (address === '' || address.length > 64) return 'unknown';
  return toAddressBlock(address);
}
