import { createChunkRestorer, type Vault } from '@aggregator/anonymisation';
import { parseExactRecord } from '@aggregator/contracts';
import { editJson } from '@aggregator/providers';
import { restoreBody } from '../masking/restore-body.ts';
import type { EventRestorer } from '../native-event.ts';

/**
 * Puts the values back into chunks as a server gave them. Choices are written again, because their texts come in fragments; what
 * is beside them, as sources are, is whole.
 */
export function createChunkEventRestorer(vault: Vault): EventRestorer {
  const restorer = createChunkRestorer(vault);
  return {
    take(event) {
      const chunk = parseExactRecord(event.data);
      if (chunk === null) return [event];
      const restored = restorer.pushRecord(chunk);
      const data = restoreBody(event.data, vault, 'choices');
      if (restored === chunk) return [data === event.data ? event : { head: event.head, data }];
      const choices = JSON.stringify(restored.choices);
      return [{ head: event.head, data: editJson(data, new Map([['choices', choices]])) }];
    },
  };
}
