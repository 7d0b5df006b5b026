import type { z } from 'zod';

/** One environment variable: its name, what it may hold, and the sentence that docs/configuration.md prints. */
export interface ConfigVariable<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** Reads the variable's text; `undefined` means unset, so a default is `.default(…)` here. */
  readonly schema: Schema;
  readonly description: string;
  /** Older names that are read too, after `name`. */
  readonly aliases: readonly string[];
  readonly isSecret: boolean;
  /** The variable that may replace this one; it is a fault if neither is set. */
  readonly requiredUnless: string | null;
}

export type ConfigShape = Readonly<Record<string, ConfigVariable>>;
export type ConfigOf<Shape extends ConfigShape> = { readonly [Key in keyof Shape]: z.output<Shape[Key]['schema']> };
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process; passed on explicitly from the one place that starts a service. */
export function processEnvironment(): Environment {
  return process.env;
}

export function variable<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  description: string,
  options: { aliases?: readonly string[]; isSecret?: boolean; requiredUnless?: string } = {},
): ConfigVariable<Schema> {
  const { aliases = [], isSecret = false, requiredUnless = null } = options;
  return { name, schema, description, aliases, isSecret, requiredUnless };
}

/** Every fault of the environment at once, so that one start shows all there is to mend. Never shows a secret's value. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Reads and checks a service's variables. An empty text counts as unset. Throws ConfigError. */
export function readConfig<Shape extends ConfigShape>(shape: Shape, environment: Environment): ConfigOf<Shape> {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(shape)) {
    const name = [entry.name, ...entry.aliases].find((candidate) => environment[candidate]);
    const parsed = entry.schema.safeParse(name === undefined ? undefined : environment[name]);
    const { requiredUnless } = entry;
    if (!parsed.success) {
      const fault = name === undefined ? 'is not set' : describe(parsed.error);
      faults.push(`${name ?? entry.name}: ${fault} (${entry.description})`);
    } else if (name === undefined && requiredUnless !== null && !environment[requiredUnless]) {
      faults.push(`${entry.name}: is not set, and neither is ${requiredUnless} (${entry.description})`);
    } else config[key] = parsed.data;
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config as ConfigOf<Shape>;
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => issue.message).join('; ');
}
