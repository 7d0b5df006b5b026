import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Terminal } from '../terminal.ts';

/** What a login keeps. The file can be read by its owner alone. */
export interface Session {
  readonly url: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** `AGGREGATOR_CONFIG`, else `cli.json` in the user's folder of settings. */
function pathOf({ environment }: Terminal): string {
  const { AGGREGATOR_CONFIG, XDG_CONFIG_HOME } = environment;
  return AGGREGATOR_CONFIG ?? join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'aggregator', 'cli.json');
}

export function readSession(terminal: Terminal): Session | null {
  try {
    const { url, accessToken, refreshToken } = JSON.parse(readFileSync(pathOf(terminal), 'utf8'));
    const isWhole = [url, accessToken, refreshToken].every((part) => typeof part === 'string');
    return isWhole ? { url, accessToken, refreshToken } : null;
  } catch {
    return null;
  }
}

export function writeSession(terminal: Terminal, session: Session): void {
  const path = pathOf(terminal);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(session), { mode: 0o600 });
  // A file that existed keeps its mode.
  chmodSync(path, 0o600);
}

export function dropSession(terminal: Terminal): void {
  rmSync(pathOf(terminal), { force: true });
}
