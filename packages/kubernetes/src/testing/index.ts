export {
  type FakeApiServer,
  type FakeApiServerOptions,
  type Fault,
  type SeenCall,
  startFakeApiServer,
} from './fake-api-server.ts';
export type { FakeObject } from './fake-objects.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
