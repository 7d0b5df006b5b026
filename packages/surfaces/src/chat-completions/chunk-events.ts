import { createChunkRestorer, type Vault } from '@aggregator/anonymisation';
import { editJson, parseExactRecord } from '@aggregator/providers';
import type { EventRestorer } from '../native-event.ts';

/** Puts the values back into chunks as a server gave them: only their choices are written again. */
export function createChunkEventRestorer(vault: Vault): EventRestorer {
  const restorer = createChunkRestorer(vault);
  return {
    take(event) {
      const chunk = parseExactRecord(event.data);
      const restored = chunk === null ? null : restorer.pushRecord(chunk);
      if (restored === null || restored === chunk) return [event];
      const choices = JSON.stringify(restored.choices);
      return [{ head: event.head, data: editJson(event.data, new Map([['choices', choices]])) }];
    },
  };
}
