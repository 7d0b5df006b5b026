export { isElsewhere } from './is-elsewhere.ts';
export { findModelRow, listModels } from './list-models.ts';
export { planRoute } from './plan-route.ts';
export type { RoutePlan, RouteRequest, Target, TargetView } from './route-port.ts';
export { type Candidate, indexSnapshot, listTargetKeys, type SnapshotIndex } from './snapshot-index.ts';
export { widerFirst } from './wider-first.ts';
