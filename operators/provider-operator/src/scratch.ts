import { openOperatorWorld } from './testing/start-operator.ts';
const world = await openOperatorWorld();
const op = await world.start();
world.provider('mock');
setTimeout(async () => { console.log(op.log.join('').slice(0, 4000)); console.log(world.api.calls.map((c) => c.method + ' ' + c.path).join('\n').slice(0,3000)); console.log(op.service.context.isLeader); process.exit(0); }, 3500);
