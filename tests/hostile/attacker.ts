import { setPriority } from 'node:os';
import { attacks } from './attacks/index.ts';
import { loadOptions, runOrder } from './messages.ts';

/**
 * One attack in a separate process, so that its work delays no clock but its own. It gives way to the services: an
 * attacker has its own machine, and its CPU time must not count as theirs.
 */
setPriority(10);
const { baseUrl, tenants, attack: name } = loadOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
const attack = attacks.find((one) => one.name === name);
const [attacker] = tenants;
if (attack === undefined || attacker === undefined) throw new Error(`there is no attack '${name}'`);

process.on('message', async (message) => {
  const { seconds } = runOrder.parse(message);
  process.send?.(await attack.run({ url: new URL(baseUrl), tenant: attacker }, AbortSignal.timeout(seconds * 1000)));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
