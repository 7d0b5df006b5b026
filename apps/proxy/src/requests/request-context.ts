import type { ServeContext } from '../attempts/serve-request.ts';
import type { PlanContext } from './plan-request.ts';
import type { ReadContext } from './read-request.ts';

/** Parts that every request to a provider needs, from its body to its settlement. */
export type RequestContext = ReadContext & PlanContext & ServeContext;
