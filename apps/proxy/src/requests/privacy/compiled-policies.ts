import { type CompiledPolicy, compilePolicy } from '@aggregator/anonymisation';
import type { PrivacyPolicy } from '@aggregator/contracts';

const policiesMaxDefault = 256;

/** Policies made ready for use, those that were used last. */
export class CompiledPolicies {
  readonly #policiesMax: number;
  /** By their JSON, in the order of use. */
  readonly #policies = new Map<string, CompiledPolicy>();

  constructor(policiesMax = policiesMaxDefault) {
    this.#policiesMax = policiesMax;
  }

  get size(): number {
    return this.#policies.size;
  }

  get(policy: PrivacyPolicy): CompiledPolicy {
    const key = JSON.stringify(policy);
    const compiled = this.#policies.get(key) ?? compilePolicy(policy);
    this.#policies.delete(key);
    this.#policies.set(key, compiled);
    if (this.#policies.size > this.#policiesMax) {
      for (const oldest of this.#policies.keys()) {
        this.#policies.delete(oldest);
        break;
      }
    }
    return compiled;
  }
}
