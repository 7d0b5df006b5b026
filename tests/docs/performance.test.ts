import { describe, expect, it } from '@jest/globals';
import { keptPart, toPage } from '../bench/report.ts';

describe('the page of the benchmark', () => {
  it('keeps the part about billing, and nothing else', () => {
    const facts = { description: 'x', method: 'y', faults: [] };
    const kept = '\n## Billing\n\n| a |\n';
    const page = toPage('old', facts, kept);
    expect(keptPart(page)).toBe(kept);
    const next = toPage('new', facts, keptPart(page));
    expect(next).toContain('\nnew\n');
    expect(next).not.toContain('\nold\n');
    expect(next.endsWith(kept)).toBe(true);
    expect(keptPart(toPage('new', facts, ''))).toBe('');
  });
});
