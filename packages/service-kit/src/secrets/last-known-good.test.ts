import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createEnvelope } from './envelope.ts';
import { packLastKnownGood, readStateNumber, unpackLastKnownGood } from './last-known-good.ts';

const newEnvelope = () => createEnvelope([randomBytes(32).toString('base64url')]);
const number = { epoch: 1_764_000_000_000, version: 42 };
const state = { snapshot: { version: 42, text: 'Привет'.repeat(1000) }, credentials: { 'stored:a': 'sk-canary-1234' } };

describe('the last known good state', () => {
  const envelope = newEnvelope();
  const withRef = { ...state, credentials: { 'stored:00000000-0000-4000-8000-000000000000': 'sk-canary-1234' } };

  it('is opened as it was packed, and reveals only its number', async () => {
    const text = await packLastKnownGood(envelope, number, withRef);

    expect(await unpackLastKnownGood(envelope, text)).toEqual(withRef);
    expect(readStateNumber(text)).toEqual(number);
    expect(Buffer.from(text.split(':')[3] ?? '', 'base64url').toString('latin1')).not.toContain('canary');
    expect(text.length).toBeLessThan(1000);
  });

  it('is nothing to another key, under another number, cut or made up', async () => {
    const text = await packLastKnownGood(envelope, number, withRef);

    expect(await unpackLastKnownGood(newEnvelope(), text)).toBeNull();
    for (const other of [text.replace('.42.', '.43.'), text.slice(0, -4), 'x', '', '1.2.v1:']) {
      expect(await unpackLastKnownGood(envelope, other)).toBeNull();
    }
    expect(await unpackLastKnownGood(envelope, await packLastKnownGood(envelope, number, state))).toBeNull();
    expect(readStateNumber('state')).toBeNull();
  });
});
