/** What a channel sends about one rule: several alerts of it can begin or end at once. */
export interface AlertMessage {
  /** The same in every attempt and channel: id of the first alert, and the state. */
  readonly id: string;
  readonly state: 'firing' | 'cleared' | 'test';
  readonly rule: string;
  readonly severity: string;
  readonly runbookUrl: string | null;
  /** ISO 8601. */
  readonly time: string;
  readonly alerts: readonly {
    readonly id: string;
    readonly summary: string;
    readonly labels: Readonly<Record<string, string>>;
    /** ISO 8601. */
    readonly since: string;
  }[];
}

const words = { firing: 'FIRING', cleared: 'CLEARED', test: 'TEST' } as const;
const alertsShownMax = 20;
/** Control characters and marks that turn the direction of text: a label can come from a customer. */
const hidden = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** Returns the message in words: a title, and one line for each alert. Labels cannot break a line. */
export function toText({ state, rule, severity, runbookUrl, alerts }: AlertMessage): { title: string; text: string } {
  const shown = alerts
    .slice(0, alertsShownMax)
    .map(
      ({ summary, since }) => `- ${summary.replace(hidden, ' ')} (since ${since.slice(0, 16).replace('T', ' ')} UTC)`,
    );
  const more = alerts.length > alertsShownMax ? [`- and ${alerts.length - alertsShownMax} more`] : [];
  const links = runbookUrl === null ? [] : [`Runbook: ${runbookUrl}`];
  return { title: `[${words[state]}] ${rule} (${severity})`, text: [...shown, ...more, ...links].join('\n') };
}

/** Returns a message that a person asked for, to see that it arrives. */
export function toTestMessage(id: string, now: Date): AlertMessage {
  const time = now.toISOString();
  const summary = 'A person tests this channel. Nothing is wrong.';
  const alerts = [{ id, summary, labels: {}, since: time }];
  return {
    id: `${id}:test`,
    state: 'test',
    rule: 'AggregatorTest',
    severity: 'warning',
    runbookUrl: null,
    time,
    alerts,
  };
}
