const levelWidth = 5;

/** A line for people: `12:01:02.123 info  proxy request_finished requestId=… costNanoUsd=…`. Texts with spaces are quoted. */
export function toTextLine(line: Readonly<Record<string, unknown>>): string {
  const { timestamp, level, service, message, ...fields } = line;
  const time = String(timestamp).slice(11, 23);
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${toText(value)}`],
  );
  return [time, String(level).padEnd(levelWidth), service, message, ...pairs].join(' ');
}

/** A text without spaces as it is; anything else as JSON, which keeps it on one line. */
function toText(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? '';
}
