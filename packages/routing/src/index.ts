export { findModelRow, listModels } from './list-models.ts';
export { planRoute, type RoutePlan, type RouteRequest } from './plan-route.ts';
export { type Candidate, indexSnapshot, type SnapshotIndex } from './snapshot-index.ts';
