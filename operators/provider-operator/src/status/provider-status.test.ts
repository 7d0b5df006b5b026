import { type ProviderStatus, providerStatus } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { checkProviders } from '../reconcile/checks.ts';
import type { KeyReading } from '../reconcile/key-reading.ts';
import { accepted, gathered, sampleKey, sampleProvider, sampleReport, sampleTraffic } from '../testing/samples.ts';
import { toShownTraffic } from './judge-health.ts';
import type { Proxies } from './judge-programmed.ts';
import { type ProviderEvidence, toProviderStatus } from './provider-status.ts';
import { readAcks } from './proxy-acks.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const proxiesOf = (reports: Parameters<typeof sampleReport>[], desired = ['proxy-0', 'proxy-1']): Proxies => ({
  desired,
  acks: readAcks(new Map(), { proxies: reports.map((report) => sampleReport(...report)) }),
  isReachable: true,
  isKnown: true,
});

/** What becomes of a provider with one key, once it is declared as part of version 5. */
function judge(
  options: {
    keys?: readonly KeyReading[];
    spec?: Record<string, unknown>;
    deletedAt?: string;
    isAnswered?: boolean;
  } & Partial<Pick<ProviderEvidence, 'traffic' | 'proxies' | 'before'>> = {},
): ProviderStatus {
  const credentials = { apiKeys: [{ name: 'primary', secretKeyRef: { name: 'openai', key: 'api-key' } }] };
  const object = sampleProvider({
    spec: { type: 'OpenAI', credentials, ...options.spec },
    ...(options.deletedAt !== undefined && { deletedAt: options.deletedAt }),
  });
  const [verdict] = checkProviders(gathered([{ object, keys: options.keys ?? [sampleKey()] }]));
  if (verdict === undefined) throw new Error('no verdict');
  const declared = verdict.entry === null ? null : accepted([verdict.entry]);
  const status = toProviderStatus({
    verdict,
    answered: options.isAnswered === false ? null : (declared?.answered.get(object.metadata.uid) ?? null),
    traffic: options.traffic,
    publishedTraffic: options.traffic && toShownTraffic(options.traffic),
    proxies:
      options.proxies ??
      proxiesOf([
        ['proxy-0', 5],
        ['proxy-1', 6],
      ]),
    before: options.before,
    nowMs,
  });
  return providerStatus.parse(status);
}

const conditionOf = (status: ProviderStatus, type: string) => status.conditions?.find((each) => each.type === type);

describe('Programmed', () => {
  const programmed = (proxies: Proxies, options: Parameters<typeof judge>[0] = {}) => {
    const status = judge({ ...options, proxies });
    return { ...conditionOf(status, 'Programmed'), ...status.programmed };
  };

  it('is true when every proxy that takes requests has a snapshot with this generation', () => {
    expect(
      programmed(
        proxiesOf([
          ['proxy-0', 5],
          ['proxy-1', 9],
        ]),
      ),
    ).toMatchObject({
      status: 'True',
      reason: 'AppliedByAll',
      summary: '2/2',
      snapshotVersion: '1.5',
    });
  });

  it('names the proxies that are behind or silent', () => {
    expect(programmed(proxiesOf([['proxy-0', 4]]))).toMatchObject({
      status: 'False',
      reason: 'Progressing',
      summary: '0/2',
      message: 'Not yet served by proxy-0, proxy-1.',
    });
  });

  it('names five of many', () => {
    const desired = Array.from({ length: 8 }, (_, at) => `proxy-${at}`);

    expect(programmed(proxiesOf([], desired)).message).toBe(
      'Not yet served by proxy-0, proxy-1, proxy-2, proxy-3, proxy-4 and 3 more.',
    );
  });

  it('does not count a proxy that takes no requests', () => {
    expect(
      programmed(
        proxiesOf(
          [
            ['proxy-0', 5],
            ['proxy-9', 1],
          ],
          ['proxy-0'],
        ),
      ),
    ).toMatchObject({ summary: '1/1' });
  });

  it('names the proxy that could not take this entry, and ignores problems of other entries', () => {
    const problem = { entry: 'providers/mock', message: 'no adapter' };
    const other = { entry: 'providers/else', message: 'no adapter' };

    expect(
      programmed(
        proxiesOf([
          ['proxy-0', 5, { problems: [problem] }],
          ['proxy-1', 5],
        ]),
      ),
    ).toMatchObject({
      reason: 'RejectedByProxy',
      summary: '1/2',
      rejected: 1,
      message: 'Refused by proxy-0: no adapter.',
    });
    expect(
      programmed(
        proxiesOf([
          ['proxy-0', 5, { problems: [other] }],
          ['proxy-1', 5],
        ]),
      ),
    ).toMatchObject({
      status: 'True',
    });
  });

  it('is false when a proxy refuses the snapshot that brought this generation, until it takes a later one', () => {
    const nack = sampleReport('proxy-0', 5, { result: 'nack', problems: [{ entry: 'snapshot', message: 'broken' }] });
    const refused = readAcks(new Map(), { proxies: [nack] });
    const mended = readAcks(refused, { proxies: [sampleReport('proxy-0', 6)] });
    const by = (acks: Proxies['acks']) => programmed({ desired: ['proxy-0'], acks, isReachable: true, isKnown: true });

    expect(by(refused)).toMatchObject({ reason: 'RejectedByProxy', message: 'Refused by proxy-0: broken.' });
    expect(by(mended)).toMatchObject({ status: 'True' });
  });

  it('stays true when a proxy refuses a later snapshot, for it serves the one before', () => {
    const before = readAcks(new Map(), { proxies: [sampleReport('proxy-0', 5)] });
    const acks = readAcks(before, { proxies: [sampleReport('proxy-0', 6, { result: 'nack' })] });

    expect(programmed({ desired: ['proxy-0'], acks, isReachable: true, isKnown: true })).toMatchObject({
      status: 'True',
    });
  });

  it('forgets what a process had taken when another one is in its pod', () => {
    const before = readAcks(new Map(), { proxies: [sampleReport('proxy-0', 5)] });
    const report = sampleReport('proxy-0', 6, { result: 'nack', proxyId: 'proxy-0/2' });
    const acks = readAcks(before, { proxies: [report] });

    expect(programmed({ desired: ['proxy-0'], acks, isReachable: true, isKnown: true })).toMatchObject({
      reason: 'RejectedByProxy',
    });
  });

  it('is false without any proxy', () => {
    expect(programmed(proxiesOf([], []))).toMatchObject({ status: 'False', reason: 'NoProxies', summary: '0/0' });
  });

  it('blames the orchestrator for what waits for it alone: what was programmed stays so', () => {
    const away = { ...proxiesOf([]), isReachable: false };
    const served = judge();

    expect(programmed(away, { isAnswered: false })).toMatchObject({ reason: 'OrchestratorUnavailable' });
    expect(programmed(away, { isAnswered: false, before: served })).toMatchObject({
      status: 'True',
      reason: 'AppliedByAll',
      summary: '2/2',
    });
    const newcomer = { ...proxiesOf([]), isKnown: false };
    expect(programmed(newcomer, { before: served })).toMatchObject({ status: 'True', summary: '2/2' });
    expect(programmed(newcomer)).toMatchObject({ reason: 'Progressing' });
    const rotated = [sampleKey({ resourceVersion: '11' })];
    expect(programmed(away, { isAnswered: false, before: served, keys: rotated })).toMatchObject({
      reason: 'OrchestratorUnavailable',
    });
  });
});

describe('CredentialsValid', () => {
  const credentials = (options: Parameters<typeof judge>[0]) => conditionOf(judge(options), 'CredentialsValid');
  const healthy = { state: 'healthy' as const, since: null, lastProbeAt: null, reason: null };
  const refused = { ...healthy, state: 'unhealthy' as const, reason: 'provider_auth_failed (401)' };

  it.each([
    ['nothing has tried the key', undefined, 'Unknown', 'Unverified'],
    ['a probe succeeded', sampleTraffic({ health: healthy }), 'True', 'Verified'],
    ['a request succeeded', sampleTraffic({ attempts: 3, failures: 2 }), 'True', 'Verified'],
    ['every request failed by something else', sampleTraffic({ attempts: 3, failures: 3 }), 'Unknown', 'Unverified'],
    [
      'the vendor refused a request',
      sampleTraffic({ attempts: 3, failures: 1, unauthorized: 1 }),
      'False',
      'Unauthorized',
    ],
    ['the vendor refused a probe', sampleTraffic({ health: refused }), 'False', 'Unauthorized'],
  ])('says what is known where %s', (_case, traffic, status, reason) => {
    expect(credentials({ traffic })).toMatchObject({ status, reason });
  });

  it.each(['SecretNotFound', 'KeyNotFound', 'EmptyKey', 'InvalidKey', 'SecretForbidden'] as const)(
    'is false by %s',
    (problem) => {
      const keys = [sampleKey({ credentialId: null, problem })];
      const status = judge({ keys });

      expect(conditionOf(status, 'CredentialsValid')).toMatchObject({ status: 'False', reason: problem });
      expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'False', reason: problem });
      expect(status.credentials).toMatchObject([{ name: 'primary', state: 'Missing' }]);
    },
  );

  it('serves with the good key and names the bad one', () => {
    const bad = sampleKey({ name: 'next', credentialId: null, problem: 'EmptyKey' });

    expect(credentials({ keys: [sampleKey(), bad], traffic: sampleTraffic({ health: healthy }) })).toMatchObject({
      status: 'True',
      message: expect.stringContaining("Key 'next':"),
    });
  });

  it('claims nothing about a Secret that it cannot read, and continues with the last value', () => {
    const unreadable = sampleKey({ problem: 'SecretUnreadable' });

    expect(credentials({ keys: [unreadable] })).toMatchObject({ status: 'Unknown', reason: 'Unverified' });
    expect(credentials({ keys: [{ ...unreadable, credentialId: null }] })).toMatchObject({
      status: 'Unknown',
      reason: 'SecretUnreadable',
    });
  });

  it('says that a Secret without the label is looked at once a minute', () => {
    expect(credentials({ keys: [sampleKey({ isWatched: false })] })?.message).toContain('once a minute');
  });

  it('stays refused until the key is seen to work, or is another one', () => {
    const before = judge({ traffic: sampleTraffic({ unauthorized: 1 }) });
    const next = [sampleKey({ resourceVersion: '11' })];

    expect(credentials({ before, traffic: sampleTraffic() })).toMatchObject({ reason: 'Unauthorized' });
    expect(credentials({ before, traffic: sampleTraffic({ attempts: 1 }) })).toMatchObject({ reason: 'Verified' });
    expect(credentials({ before, traffic: sampleTraffic(), keys: next })).toMatchObject({ reason: 'Unverified' });
  });
});

describe('Ready', () => {
  it('does not depend on health, so that an outage blocks no deploy', () => {
    const status = judge({ traffic: sampleTraffic({ breaker: 'open' }) });

    expect(conditionOf(status, 'Healthy')).toMatchObject({ status: 'False', reason: 'BreakerOpen' });
    expect(conditionOf(status, 'Ready')).toMatchObject({ status: 'True' });
  });

  it.each([
    ['Draining', { spec: { state: 'Draining' } }],
    ['Disabled', { spec: { state: 'Disabled' } }],
    ['Draining', { deletedAt: '2026-01-02T00:00:00Z' }],
  ])('is false by %s, and reports how many requests are open', (reason, options) => {
    expect(conditionOf(judge({ ...options, traffic: sampleTraffic({ inFlight: 3 }) }), 'Ready')).toMatchObject({
      status: 'False',
      reason,
      message: expect.stringContaining('3 are open'),
    });
  });

  it('holds nothing back: each condition and the status name the generation that they are of', () => {
    const status = judge();

    expect(status.observedGeneration).toBe(1);
    expect(status.conditions?.map(({ type, observedGeneration }) => [type, observedGeneration])).toEqual(
      ['Accepted', 'CredentialsValid', 'Healthy', 'Programmed', 'Ready'].map((type) => [type, 1]),
    );
  });

  it('keeps the time of the last transition while the status stays the same, for any reason', () => {
    const first = judge({ proxies: proxiesOf([]) });
    const before = {
      ...first,
      conditions: first.conditions?.map((each) => ({ ...each, lastTransitionTime: '2026-01-01T00:00:00Z' })),
    };
    const same = judge({ before, proxies: proxiesOf([], []) });
    const ready = judge({ before });

    expect(conditionOf(same, 'Ready')).toMatchObject({
      reason: 'NoProxies',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    expect(conditionOf(ready, 'Ready')?.lastTransitionTime).toBe('2026-01-02T03:04:05Z');
  });
});
