import { createHash } from 'node:crypto';
import { type DeclarationOrigin, declaredRoute, type PutRouteRequest } from '@aggregator/contracts';
import { isRefusal, type LooseEntry, parseEntry, type Refusal, refusal } from './judge-entry.ts';

/** A route that the registry may store unchanged. */
export interface AcceptedRoute {
  readonly origin: DeclarationOrigin;
  readonly fields: PutRouteRequest & { readonly name: string };
  readonly declaredHash: string;
  /** Warnings for the resource of a route that is served. */
  readonly note: string;
}

export interface RouteSurroundings {
  /** Names that others hold. */
  readonly takenNames: ReadonlySet<string>;
  /** `<provider>/<model>` of all that the registry then has. */
  readonly models: ReadonlySet<string>;
}

const namedMax = 5;

/** A candidate that is not there is left out when the snapshot is compiled: the rest of the route still serves. */
function judgeRoute(loose: LooseEntry, { takenNames, models }: RouteSurroundings): AcceptedRoute | Refusal {
  const parsed = parseEntry(declaredRoute, loose);
  if (!parsed.isGood) return parsed.refusal;
  const { origin, name, route } = parsed.value;
  if (takenNames.has(name)) return refusal(origin, 'name_taken', `The name '${name}' is taken by another route.`);
  const targets = route.candidates.map(({ provider, model }) => `${provider}/${model}`);
  if (new Set(targets).size < targets.length) return refusal(origin, 'invalid', 'A candidate is there twice.');
  const missing = targets.filter((target) => !models.has(target));
  const note = missing.length === 0 ? '' : `Not in the registry: ${missing.slice(0, namedMax).join(', ')}.`;
  if (missing.length === targets.length) return refusal(origin, 'invalid', `It has no candidate. ${note}`);
  const fields = { name, ...route };
  const declaredHash = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  return { origin, fields, declaredHash, note: note.slice(0, 500) };
}

/** As many as there is room for, in the order in which they were declared; the others are refused. */
export function judgeRoutes(
  entries: readonly LooseEntry[],
  surroundings: RouteSurroundings,
  roomFor: number,
): { readonly accepted: AcceptedRoute[]; readonly refusals: Refusal[] } {
  const accepted = new Map<string, AcceptedRoute>();
  const refusals: Refusal[] = [];
  for (const entry of entries) {
    const judged = judgeRoute(entry, surroundings);
    if (isRefusal(judged)) refusals.push(judged);
    else if (accepted.has(judged.fields.name)) {
      refusals.push(refusal(judged.origin, 'name_taken', `Another resource declares '${judged.fields.name}', too.`));
    } else if (accepted.size >= roomFor) {
      refusals.push(refusal(judged.origin, 'invalid', 'There are as many routes as there can be.'));
    } else accepted.set(judged.fields.name, judged);
  }
  return { accepted: [...accepted.values()], refusals };
}
