/**
 * Faults inside a service, for `node --import`: the rig asks for them over the channel of the process. The product has no part
 * of this. A process whose rig is gone ends.
 */

import { setClockOffset } from './inject/clock.ts';
import { armCrash } from './inject/crash.ts';
import { setDiskFull } from './inject/spool-files.ts';
import type { Order } from './orders.ts';

process.on('message', (order: Order) => {
  if (order.do === 'crash') armCrash(order.point, order.nth);
  else if (order.do === 'disk') setDiskFull(order.isFull);
  else if (order.do === 'clock') setClockOffset(order.offsetMs);
  else armCrash(null, 0);
});
process.channel?.unref();
process.once('disconnect', () => process.exit(1));
