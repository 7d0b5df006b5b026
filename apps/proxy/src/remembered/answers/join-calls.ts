import { isRecord } from '@aggregator/contracts';
import { keepOne } from './keep-one.ts';

type Fields = Record<string, unknown>;

const callsMax = 1024;

/** Adds the parts of a delta's `tool_calls` to the calls that there are. False for what cannot be joined. */
export function joinCalls(calls: Fields[], parts: unknown): boolean {
  return Array.isArray(parts) && parts.every((part: unknown, at) => isRecord(part) && joinCall(calls, part, at));
}

function joinCall(calls: Fields[], part: Fields, at: number): boolean {
  const index = typeof part.index === 'number' ? part.index : at;
  if (index >= callsMax || index > calls.length) return false;
  const call = calls[index] ?? {};
  calls[index] = call;
  return Object.entries(part).every(([name, value]) => {
    if ((name === 'function' || name === 'custom') && isRecord(value)) {
      const called = isRecord(call[name]) ? call[name] : {};
      call[name] = called;
      return joinCalled(called, value);
    }
    // Some servers say again what they have said, or say it empty.
    return value === '' || keepOne(call, name, value);
  });
}

function joinCalled(called: Fields, part: Fields): boolean {
  return Object.entries(part).every(([name, value]) => {
    if ((name === 'arguments' || name === 'input') && typeof value === 'string') {
      called[name] = (typeof called[name] === 'string' ? called[name] : '') + value;
      return true;
    }
    return value === '' || keepOne(called, name, value);
  });
}
