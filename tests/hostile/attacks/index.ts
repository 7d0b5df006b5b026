import type { Attack } from './attack.ts';
import { floods } from './floods.ts';
import { slowSockets } from './slow-sockets.ts';

/** The catalogue: what one tenant, or a client without a credential, tries. */
export const attacks: readonly Attack[] = [...slowSockets, ...floods];
