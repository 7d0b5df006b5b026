import type { CompatibilitySettings } from '@aggregator/contracts';

/** Where a fact about a server was read. */
export interface ProfileSource {
  /** What the source says of the server, as far as the profile uses it. */
  readonly fact: string;
  readonly url: string;
  /** `YYYY-MM`, when it was read. */
  readonly read: string;
}

/** What is known of one server or vendor: data only. */
export interface BuiltInProfile {
  /** Hosts of the vendor: a host, or `*.` and a domain for all hosts in it. Empty for a server that others run. */
  readonly hosts: readonly string[];
  readonly settings: CompatibilitySettings;
  readonly sources: readonly ProfileSource[];
}

type Waits = 'firstTokenTimeoutMs' | 'idleTimeoutMs';

/** A profile that is complete: what it does not say is as the default has it. */
export type Profile = Required<Omit<CompatibilitySettings, Waits>> & Pick<CompatibilitySettings, Waits>;
