import { types } from 'node:util';
import winston from 'winston';
import { Gathering } from '../time/gathering.ts';
import { LineOutput } from './line-output.ts';
import { toTextLine } from './text-line.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** Facts, one line per outcome: `logger.info('provider_call_finished', { requestId, durationMs })`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

const secretName = /authorization|cookie|password|secret|token|api[-_]?key|credential|private/i;
const secretValue =
  /\b(agk_[a-z]+_[A-Za-z0-9]{6,}|sk-[A-Za-z0-9_-]{8,}|Bearer\s+[^\s"]+|(?:postgres(?:ql)?|rediss?|amqps?):\/\/[^\s@/]*@)/g;
const textMax = 2000;

/** Cuts long text and blanks what looks like a credential; the second wall behind "never log secrets". */
export function redactText(text: string): string {
  const cut = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
  return cut.replace(secretValue, '[redacted]');
}

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  // Also one of another realm, which is no instance of this one's Error.
  if (types.isNativeError(value)) return describeError(value, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= 4) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1));
  const redacted: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    redacted[name] = secretName.test(name) && typeof item === 'string' ? '[redacted]' : redact(item, depth + 1);
  }
  return redacted;
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause === undefined || depth >= 3 ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

/** Where winston's transports look for the text of a line (the constant of its package triple-beam). */
const lineText = Symbol.for('message');

/** One JSON text per line. What comes is plain and bounded already, so nothing has to look for circles in it again. */
const jsonLine = winston.format((info) => {
  info[lineText] = JSON.stringify(info);
  return info;
});

/** The same line for people. */
const textLine = winston.format((info) => {
  info[lineText] = toTextLine(info);
  return info;
});

export type LogFormat = 'json' | 'text';

type Level = 'debug' | 'info' | 'warn' | 'error';

interface Line {
  readonly level: Level;
  readonly event: string;
  readonly fields: LogFields;
  readonly atMs: number;
}

/**
 * A logger that writes one line for each event, as JSON unless `format` is `text`: to standard output within 50 ms, at
 * once for an error, and at the latest when the process ends by itself; or, at once, to `stream`, if the caller reads
 * the lines.
 */
export function createLogger(options: {
  service: string;
  level: Level;
  format?: LogFormat;
  stream?: NodeJS.WritableStream;
}): Logger {
  const stream = options.stream ?? new LineOutput(process.stdout.fd);
  const inner = winston.createLogger({
    level: options.level,
    defaultMeta: { service: options.service },
    format: options.format === 'text' ? textLine() : jsonLine(),
    transports: [new winston.transports.Stream({ stream })],
  });
  const log = ({ level, event, fields, atMs }: Line) => {
    inner.log({ ...(redact(fields) as object), level, message: event, timestamp: new Date(atMs).toISOString() });
  };
  const take = stream instanceof LineOutput ? gatherLines(log, stream) : log;
  const write = (level: Level) => {
    const isOn = inner.isLevelEnabled(level);
    return (event: string, fields: LogFields = {}) => {
      if (isOn) take({ level, event, fields, atMs: Date.now() });
    };
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Logs several lines at a time, and sends them in one write. */
function gatherLines(log: (line: Line) => void, output: LineOutput): (line: Line) => void {
  const lines = new Gathering<Line>((gathered) => {
    for (const line of gathered) log(line);
    output.flush();
  });
  process.once('exit', () => lines.flush());
  return (line) => {
    lines.add(line);
    if (line.level === 'error') lines.flush();
  };
}
