import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, type Environment, variable } from './read-config.ts';

/** What a connection to a private server is made with. PEM. */
export interface TlsFiles {
  /** Certificates that are trusted, in place of those of the system. */
  readonly ca?: string;
  /** The client's certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
}

const path = z.string().max(4096).optional();

/** The files of the first custom server; those of a further one begin with `CUSTOM_<NAME>_`. Read by `readTlsFiles`. */
export const customTlsVariables = {
  customCaFile: variable(
    'CUSTOM_CA_FILE',
    path,
    'PEM file of the certificates that sign that of the server of CUSTOM_BASE_URL, in place of those of the system. To be set for the proxy and the orchestrator.',
  ),
  customCertificateFile: variable(
    'CUSTOM_CERTIFICATE_FILE',
    path,
    "PEM file of the client's certificate for that server. To be set for the proxy and the orchestrator.",
  ),
  customPrivateKeyFile: variable('CUSTOM_PRIVATE_KEY_FILE', path, "PEM file of that certificate's key."),
} as const;

const variableName = /^(CUSTOM(?:_[A-Z0-9_]+?)?)_(CA|CERTIFICATE|PRIVATE_KEY)_FILE$/;
const fields = { CA: 'ca', CERTIFICATE: 'cert', PRIVATE_KEY: 'key' } as const;
const bytesMax = 1024 * 1024;

/**
 * Reads the TLS files that the environment names, by the prefix of their variables.
 * @throws {ConfigError} if a file cannot be read, or a certificate has no key.
 */
export function readTlsFiles(environment: Environment): ReadonlyMap<string, TlsFiles> {
  const found = new Map<string, { -readonly [Name in keyof TlsFiles]: TlsFiles[Name] }>();
  const faults: string[] = [];
  for (const [name, file] of Object.entries(environment)) {
    const [, prefix, kind] = variableName.exec(name) ?? [];
    if (!file || prefix === undefined || !isKind(kind)) continue;
    const text = read(file);
    if (text === null) faults.push(`${name}: must be a file that can be read, of at most 1 MiB`);
    else found.set(prefix, { ...found.get(prefix), [fields[kind]]: text });
  }
  for (const [prefix, { cert, key }] of found) {
    if ((cert === undefined) === (key === undefined) || faults.length > 0) continue;
    faults.push(`${prefix}_CERTIFICATE_FILE: must be set if, and only if, ${prefix}_PRIVATE_KEY_FILE is`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return found;
}

function isKind(kind: string | undefined): kind is keyof typeof fields {
  return kind !== undefined && Object.hasOwn(fields, kind);
}

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8');
    return text.length > bytesMax ? null : text;
  } catch {
    return null;
  }
}
