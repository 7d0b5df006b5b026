import type { IncomingMessage } from 'node:http';
import { type MockFault, type MockScript, mockScriptHeader, parseMockScript } from '@aggregator/contracts';
import type { Fault } from './faults.ts';
import { Refusal } from './refusal.ts';

/**
 * Returns the faults that the request itself asks for; none if it asks for none.
 * @throws {Refusal} 400 if the header holds no script: a rehearsal that silently does not happen is worse than one that
 * fails.
 */
export function readFaultScript({ headers }: IncomingMessage): MockScript {
  const text = headers[mockScriptHeader];
  if (text === undefined) return {};
  const script = typeof text === 'string' ? parseMockScript(text) : null;
  if (script === null) throw new Refusal(400, { message: `The header ${mockScriptHeader} holds no script.` });
  return script;
}

/** The first fault whose draw hits; each is drawn by itself. `random` answers from 0 to below 1. */
export function drawFault({ faults = [] }: MockScript, random: () => number): Fault | null {
  const drawn = faults.find(({ percent }) => random() * 100 < percent);
  return drawn === undefined ? null : toFault(drawn);
}

function toFault({ kind, status = 500, retryAfterSeconds, afterTokens = 0 }: MockFault): Fault {
  switch (kind) {
    case 'Status':
      return { kind: 'status', status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    case 'Cut':
      return { kind: 'cut', afterChunks: afterTokens };
    case 'Stall':
      return { kind: 'stall', afterChunks: afterTokens };
    case 'Malformed':
      return { kind: 'malformed', beforeChunk: afterTokens };
    case 'Unterminated':
      return { kind: 'unterminated' };
    case 'Endless':
      return { kind: 'endless' };
  }
}
