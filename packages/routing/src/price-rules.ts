import type { Price, PriceRule } from '@aggregator/contracts';
import { scalePrice } from '@aggregator/pricing';
import { fitsPattern } from './fits-pattern.ts';

const wholePpm = 1_000_000;
/** Scaled prices that are remembered; beyond it all are forgotten. */
const scaledMax = 20_000;

/** The markups and discounts of a snapshot, quick to look up. */
export class PriceRules {
  readonly #ofAll: readonly PriceRule[];
  readonly #ofOrganization: ReadonlyMap<string, readonly PriceRule[]>;
  readonly #scaled = new Map<string, Price>();

  constructor(rules: readonly PriceRule[] = []) {
    const byOwner = Map.groupBy(rules, ({ organizationId }) => organizationId ?? '');
    const sorted = new Map([...byOwner].map(([owner, own]) => [owner, narrowestFirst(own)]));
    this.#ofAll = sorted.get('') ?? [];
    sorted.delete('');
    this.#ofOrganization = sorted;
  }

  /** True if the organisation has its own rules: it may pay other prices than those of candidates. */
  concern(organizationId: string): boolean {
    return this.#ofOrganization.has(organizationId);
  }

  /**
   * Returns what a caller pays.
   * @param name `<provider>/<model>`.
   * @param listPrice What it costs without any rule.
   * @param organizationId Null: one without its own rules.
   */
  apply(name: string, listPrice: Price, organizationId: string | null): Price {
    const own = organizationId === null ? undefined : this.#ofOrganization.get(organizationId);
    const rule =
      own?.find(({ models }) => fitsPattern(models, name)) ??
      this.#ofAll.find(({ models }) => fitsPattern(models, name));
    if (rule === undefined || rule.multiplierPpm === wholePpm) return listPrice;
    const { multiplierPpm } = rule;
    const key = `${multiplierPpm}:${listPrice.version}:${listPrice.cost?.version ?? ''}`;
    let price = this.#scaled.get(key);
    if (price === undefined) {
      if (this.#scaled.size >= scaledMax) this.#scaled.clear();
      price = scalePrice(listPrice, multiplierPpm, `x${multiplierPpm}`);
      this.#scaled.set(key, price);
    }
    return price;
  }
}

/** Of two that are as narrow, the pattern that sorts first. */
function narrowestFirst(rules: readonly PriceRule[]): PriceRule[] {
  return rules.toSorted((one, other) => lettersOf(other) - lettersOf(one) || (one.models < other.models ? -1 : 1));
}

/** Letters of the pattern beside `*`: the more, the narrower it is. */
function lettersOf({ models }: PriceRule): number {
  return models.replaceAll('*', '').length;
}
