import { providersMax } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { judgeCredentials } from '../status/judge-credentials.ts';
import { gathered, sampleKey, sampleProvider } from '../testing/samples.ts';
import { checkProviders } from './checks.ts';
import { tlsReading } from './key-reading.ts';

const openAi = (fields: Parameters<typeof sampleProvider>[0] = {}) =>
  sampleProvider({
    name: 'openai',
    ...fields,
    spec: {
      type: 'OpenAI',
      credentials: { apiKeys: [{ name: 'primary', secretKeyRef: { name: 'openai', key: 'api-key' } }] },
      ...fields.spec,
    },
  });

const only = (...providers: Parameters<typeof gathered>[0]) => {
  const [verdict] = checkProviders(gathered(providers));
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
};

describe('a Provider', () => {
  it('is declared where it is valid and has a key', () => {
    const verdict = only({ object: openAi(), keys: [sampleKey()] });

    expect(verdict.accepted).toMatchObject({ status: 'True', reason: 'Accepted' });
    expect(verdict.entry).toMatchObject({ name: 'openai', credentialIds: [sampleKey().credentialId] });
  });

  it('is declared with the certificates of its endpoint, and not without them', () => {
    const spec = { endpoint: { baseURL: 'https://gpu.test', tlsSecretRef: { name: 'gpu-tls' } } };
    const tls = { ...tlsReading, credentialId: '22222222-2222-8222-8222-222222222222' };
    const good = only({ object: openAi({ spec }), keys: [sampleKey(), sampleKey(tls)] });
    const missing = { ...tls, credentialId: null, problem: 'InvalidCertificates' as const };
    const bad = only({ object: openAi({ spec }), keys: [sampleKey(), sampleKey(missing)] });

    expect(good.entry).toMatchObject({ credentialIds: [sampleKey().credentialId], tlsCredentialId: tls.credentialId });
    expect(bad.entry).toBeNull();
    expect(judgeCredentials({ keys: bad.keys, needsKeys: true, traffic: undefined, before: null })).toMatchObject({
      ...{ status: 'False', reason: 'InvalidCertificates' },
      message: expect.stringContaining("'ca.crt'"),
    });
  });

  it.each([
    ['its type is unknown', sampleProvider({ spec: { type: 'Skynet' } }), /^spec\.type: /],
    ['its name has a dot', sampleProvider({ name: 'open.ai' }), /^metadata\.name: /],
    [
      'it speaks plain http without saying so',
      sampleProvider({ spec: { endpoint: { baseURL: 'http://mock.test' } } }),
      /tls: Disabled/,
    ],
    [
      'a model answers more than it reads',
      sampleProvider({ spec: { models: [{ name: 'm', contextTokens: 10, maxOutputTokens: 20 }] } }),
      /maxOutputTokens/,
    ],
    [
      'a model that chats has no price for what it says',
      sampleProvider({
        spec: { models: [{ name: 'm', operations: ['chat.completions'], pricing: { inputPerMillion: '1' } }] },
      }),
      /price\.output/,
    ],
    ['a duration is none', sampleProvider({ spec: { mock: { latency: '5 parsecs' } } }), /^spec\.mock\.latency: /],
  ])('is rejected with the reason if %s', (_case, object, message) => {
    const verdict = only(object);

    expect(verdict.accepted).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
    expect(verdict.accepted.message).toMatch(message);
    expect(verdict.entry).toBeNull();
  });

  it('never has the value of a field repeated to it, for it could be a secret in the wrong place', () => {
    const secret = 'canary-8d1f';
    const verdict = only(sampleProvider({ spec: { type: secret, options: { key: [secret] }, state: secret } }));

    expect(verdict.accepted.status).toBe('False');
    expect(JSON.stringify(verdict.accepted)).not.toContain(secret);
  });

  it.each(['Draining', 'Disabled'] as const)('is accepted and left out while it is %s', (state) => {
    expect(only(sampleProvider({ spec: { state } }))).toMatchObject({
      accepted: { status: 'True' },
      pauseReason: state,
      entry: null,
    });
  });

  it('is left out as soon as it is being deleted', () => {
    expect(only(sampleProvider({ deletedAt: '2026-01-02T00:00:00Z' }))).toMatchObject({
      pauseReason: 'Deleted',
      entry: null,
    });
  });

  it('is declared with the good ones of its keys, and left out without any', () => {
    const bad = sampleKey({ name: 'next', credentialId: null, problem: 'SecretNotFound' });

    expect(only({ object: openAi(), keys: [sampleKey(), bad] }).entry?.credentialIds).toHaveLength(1);
    expect(only({ object: openAi(), keys: [bad] }).entry).toBeNull();
  });

  it('needs no key where it names none', () => {
    expect(only(sampleProvider()).entry).toMatchObject({ credentialIds: [], hasKnownModels: true });
  });
});

describe('two Providers of one name', () => {
  const older = sampleProvider({ namespace: 'team-b', createdAt: '2026-01-01T00:00:00Z' });
  const younger = sampleProvider({ namespace: 'team-a', createdAt: '2026-01-02T00:00:00Z' });

  it.each([
    ['one order', [older, younger]],
    ['the other', [younger, older]],
  ])('leave it to the older one, seen in %s', (_case, providers) => {
    const verdicts = checkProviders(gathered(providers));

    expect(verdicts.find(({ object }) => object === older)?.entry).not.toBeNull();
    expect(verdicts.find(({ object }) => object === younger)).toMatchObject({
      accepted: { status: 'False', reason: 'DuplicateName' },
      entry: null,
    });
  });

  it('of the same age leave it to the namespace that comes first', () => {
    const twin = sampleProvider({ namespace: 'team-a', createdAt: older.metadata.creationTimestamp });

    const declared = checkProviders(gathered([older, twin])).filter(({ entry }) => entry !== null);

    expect(declared.map(({ object }) => object.metadata.namespace)).toEqual(['team-a']);
  });

  it('leave it to the younger one when the older one goes', () => {
    const going = sampleProvider({ namespace: 'team-b', deletedAt: '2026-01-03T00:00:00Z' });

    expect(checkProviders(gathered([going, younger])).at(1)?.entry).not.toBeNull();
  });
});

describe('many Providers', () => {
  it('never cost each other anything: the malformed are left out, the others declared', () => {
    const bad = Array.from({ length: 20 }, (_, at) => sampleProvider({ name: `bad-${at}`, spec: { type: at } }));
    const good = Array.from({ length: 20 }, (_, at) => sampleProvider({ name: `good-${at}` }));

    const declared = checkProviders(gathered([...bad, ...good])).flatMap(({ entry }) => entry?.name ?? []);

    expect(declared).toEqual(good.map(({ metadata }) => metadata.name));
  });

  it('beyond the bound are refused aloud, youngest first', () => {
    const providers = Array.from({ length: providersMax + 1 }, (_, at) =>
      sampleProvider({ name: `p-${at}`, createdAt: new Date(Date.UTC(2026, 0, 1) + 1000 * at).toISOString() }),
    );

    const refused = checkProviders(gathered(providers)).filter(({ entry }) => entry === null);

    expect(refused).toMatchObject([{ object: { metadata: { name: `p-${providersMax}` } } }]);
    expect(refused[0]?.accepted.reason).toBe('TooManyProviders');
  });
});
