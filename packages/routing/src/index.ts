export type { Candidate } from './candidate.ts';
export { fitsPattern } from './fits-pattern.ts';
export { isElsewhere } from './is-elsewhere.ts';
export { findModelRow, listModels } from './list-models.ts';
export { listOffers } from './list-offers.ts';
export { planRoute } from './plan-route.ts';
export type { RoutePlan, RouteRequest, Target, TargetView } from './route-port.ts';
export { indexSnapshot, listTargetKeys, type SnapshotIndex } from './snapshot-index.ts';
export { widerFirst } from './wider-first.ts';
