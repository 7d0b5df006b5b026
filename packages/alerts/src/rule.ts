/** One figure of the services, narrowed by its labels. */
export interface Figure {
  readonly name: string;
  readonly where?: readonly LabelMatch[];
}

/** `=~` and `!~`: the whole value, alternatives separated by `|`. */
export interface LabelMatch {
  readonly label: string;
  readonly is: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A number that is read from figures: one, or one for each value of the labels `by`. */
export type Reading =
  /** Of the processes that answer now. */
  | { readonly read: 'max' | 'min'; readonly of: Figure; readonly by?: readonly string[] }
  /** How much counters of all processes grew in the window: in all, or per second. */
  | {
      readonly read: 'increase' | 'rate';
      readonly of: Figure;
      readonly minutes: number;
      readonly by?: readonly string[];
    }
  /** Has a value if all parts have one. */
  | { readonly read: 'sum'; readonly parts: readonly Reading[] }
  | { readonly read: 'ratio'; readonly part: Reading; readonly whole: Reading };

export interface Condition {
  readonly reading: Reading;
  readonly is: '>' | '<';
  readonly threshold: number;
  /** The value if no process reports the figure. If absent, the condition does not hold then. */
  readonly valueIfAbsent?: number;
}

/** When an alert holds. */
export type AlertCause =
  | { readonly anyOf: readonly [Condition, ...Condition[]] }
  /** No process of the service answers. One alert for each service. */
  | { readonly serviceDown: true }
  /** An expression over figures that only the Prometheus of a cluster has; `$namespace` and `$release` are replaced. */
  | { readonly promql: string };

/** One alert: of the Prometheus rules and of the product's own channel. */
export interface AlertRule {
  readonly name: string;
  readonly severity: 'warning' | 'critical';
  /** How long the cause holds before the alert fires. */
  readonly forMinutes: number;
  readonly cause: AlertCause;
  /** One sentence; the value of a label of `by` replaces `{label}`. */
  readonly summary: string;
  /** Name of the runbook in docs/operations/runbooks, without `.md`. */
  readonly page: string;
  /** A part that not every installation has. */
  readonly needs?: 'operator';
}
