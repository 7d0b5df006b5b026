import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createEnvelope } from './envelope.ts';
import { Secret } from './secret.ts';

const newKey = () => randomBytes(32).toString('base64url');
const secret = new Secret('sk-canary-0123456789');

describe('a sealed credential', () => {
  const key = newKey();
  const envelope = createEnvelope([key]);

  it('opens again for its owner, and reveals nothing by itself', () => {
    const sealed = envelope.seal(secret, 'openai/1');

    expect(envelope.open(sealed, 'openai/1')?.reveal()).toBe('sk-canary-0123456789');
    expect(sealed).toMatch(/^v1:[0-9a-f]{8}:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed.split(':')[3] ?? '', 'base64url').toString('latin1')).not.toContain('canary');
    expect(envelope.seal(secret, 'openai/1')).not.toBe(sealed);
  });

  it('does not open for another owner, so that it cannot be moved to another row or provider', () => {
    const sealed = envelope.seal(secret, 'openai/1');

    expect(envelope.open(sealed, 'openai/2')).toBeNull();
    expect(envelope.open(sealed, 'custom/1')).toBeNull();
  });

  it('does not open when any part of it was changed or put together from two', () => {
    const [version, keyId, wrapped, text] = envelope.seal(secret, 'o/1').split(':');
    const [, , otherWrapped, otherText] = envelope.seal(new Secret('other'), 'o/1').split(':');
    const turn = (part = '') => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;

    for (const parts of [
      ['v2', keyId, wrapped, text],
      [version, '00000000', wrapped, text],
      [version, keyId, turn(wrapped), text],
      [version, keyId, wrapped, turn(text)],
      [version, keyId, otherWrapped, text],
      [version, keyId, wrapped, otherText],
      [version, keyId, wrapped],
      ['sk-plain'],
    ]) {
      expect(envelope.open(parts.join(':'), 'o/1')).toBeNull();
    }
  });

  it('opens after the key was changed as long as the old one stands behind the new one', () => {
    const sealed = envelope.seal(secret, 'o/1');
    const fresh = newKey();
    const both = createEnvelope([fresh, key]);

    expect(both.open(sealed, 'o/1')?.reveal()).toBe(secret.reveal());
    expect(createEnvelope([fresh]).open(sealed, 'o/1')).toBeNull();
    expect(createEnvelope([fresh]).open(both.seal(secret, 'o/1'), 'o/1')?.reveal()).toBe(secret.reveal());
  });

  it('is recognised by a fingerprint that only the holder of the key can make', () => {
    expect(envelope.fingerprint(secret)).toBe(envelope.fingerprint(new Secret(secret.reveal())));
    expect(envelope.fingerprint(secret)).not.toBe(envelope.fingerprint(new Secret('other')));
    expect(envelope.fingerprint(secret)).not.toBe(createEnvelope([newKey()]).fingerprint(secret));
  });

  it('needs a key of 32 bytes', () => {
    expect(() => createEnvelope([])).toThrow(RangeError);
    expect(() => createEnvelope([randomBytes(16).toString('base64url')])).toThrow(RangeError);
  });
});

describe('a secret', () => {
  it('is not revealed by printing, joining, logging or JSON', () => {
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true }),
    ];

    expect(shown.join()).not.toContain('canary');
    expect({ ...secret }).toEqual({});
  });
});
