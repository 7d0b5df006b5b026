const keptMs = 60_000;
const namesOfOrganisationMax = 2_000;
const namesMax = 20_000;

interface Kept {
  readonly name: string | undefined;
  readonly untilMs: number;
}

/**
 * Names that were asked for a moment ago, at most 2,000 of each organisation and 20,000 in all. An organisation drops its own
 * oldest name; if there are too many in all, the organisation that asked longest ago loses its names.
 */
export class KeptNames {
  readonly #byOrganisation = new Map<string, Map<string, Kept>>();
  readonly #now: () => number;
  #size = 0;

  /** @param now milliseconds of a monotonic clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** `name` is undefined for an id that has none. */
  find(orgId: string, id: string): { readonly name: string | undefined } | undefined {
    const kept = this.#byOrganisation.get(orgId)?.get(id);
    return kept === undefined || kept.untilMs <= this.#now() ? undefined : kept;
  }

  keep(orgId: string, id: string, name: string | undefined): void {
    const names = this.#byOrganisation.get(orgId) ?? new Map<string, Kept>();
    // The organisation that asked last is the last one.
    this.#byOrganisation.delete(orgId);
    this.#byOrganisation.set(orgId, names);
    if (names.delete(id)) this.#size -= 1;
    if (names.size >= namesOfOrganisationMax) this.#dropOldest(names);
    if (this.#size >= namesMax) this.#dropOldestOrganisation();
    names.set(id, { name, untilMs: this.#now() + keptMs });
    this.#size += 1;
  }

  #dropOldest(names: Map<string, Kept>): void {
    const oldest = names.keys().next();
    if (!oldest.done && names.delete(oldest.value)) this.#size -= 1;
  }

  #dropOldestOrganisation(): void {
    const oldest = this.#byOrganisation.entries().next();
    if (oldest.done) return;
    this.#byOrganisation.delete(oldest.value[0]);
    this.#size -= oldest.value[1].size;
  }
}
