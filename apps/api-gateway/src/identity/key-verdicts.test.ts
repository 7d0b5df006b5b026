import {
  AppError,
  type KeyVerdict,
  type Principal,
  type PrivacyPolicy,
  type SessionVerdict,
} from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { KeyVerdicts, toSessionSubject } from './key-verdicts.ts';

const key = 'a'.repeat(64);
const valid: KeyVerdict = {
  valid: true,
  principal: {
    orgId: '0193c5a0-0000-7000-8000-000000000001',
    userId: '0193c5a0-0000-7000-8000-000000000002',
    keyId: '0193c5a0-0000-7000-8000-000000000003',
    scopes: ['ai:invoke'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
  },
  expiresAt: null,
  allowedIps: null,
};

const sessionId = '0193c5a0-0000-7000-8000-00000000000a';
const sessionPrincipal: Principal = { ...valid.principal, keyId: null, sessionId };
const session = toSessionSubject(sessionId, sessionPrincipal.orgId);

/** Auth as the gateway sees it: what it would say now, and how often it was asked. */
function createAuth() {
  const state = {
    verdict: valid as KeyVerdict,
    session: { valid: true, principal: sessionPrincipal } as SessionVerdict,
    cuts: [] as object[],
    ...{ epoch: 1, isDown: false, asked: 0, refused: 0, gate: Promise.resolve() },
  };
  const client: InternalClient = {
    async call(call) {
      if (state.isDown) {
        state.refused += 1;
        throw new AppError('service_unavailable');
      }
      if (call.path === '/internal/keys/epoch?cuts=true') {
        return call.answer.parse({ epoch: state.epoch, cuts: state.cuts });
      }
      state.asked += 1;
      const isAboutKey = call.path === '/internal/keys/verify';
      const answer = isAboutKey ? state.verdict : state.session;
      await state.gate;
      return call.answer.parse(answer);
    },
    close: async () => undefined,
  };
  return { state, client };
}

function setUp() {
  const auth = createAuth();
  const clock = { monotonicMs: 0, nowMs: Date.parse('2026-01-01T00:00:00Z') };
  const verdicts = new KeyVerdicts({
    auth: auth.client,
    maxAgeMs: 30_000,
    entriesMax: 3,
    monotonicNow: () => clock.monotonicMs,
    now: () => clock.nowMs,
  });
  return { auth: auth.state, clock, verdicts };
}

const revocation = (all = false) => JSON.stringify({ keySha256: all ? [] : [key], all });

describe('KeyVerdicts', () => {
  it('asks auth once for many requests, also for those that come while it is asking', async () => {
    const { auth, verdicts } = setUp();

    await Promise.all([verdicts.find(key), verdicts.find(key)]);

    expect(await verdicts.find(key)).toMatchObject({ valid: true });
    expect(auth.asked).toBe(1);
  });

  it('refuses a revoked key as soon as the invalidation arrives (I3)', async () => {
    const { auth, verdicts } = setUp();
    await verdicts.find(key);

    auth.verdict = { valid: false };
    verdicts.invalidate(revocation());

    expect(await verdicts.find(key)).toBeNull();
  });

  it('remembers no verdict that was under way when the key was revoked (I3)', async () => {
    const { auth, verdicts } = setUp();
    let open: () => void = () => undefined;
    auth.gate = new Promise((resolve) => {
      open = resolve;
    });
    const underWay = verdicts.find(key);

    auth.verdict = { valid: false };
    verdicts.invalidate(revocation());
    open();
    await underWay;

    expect(await verdicts.find(key)).toBeNull();
  });

  it('finds a revocation whose message was lost by the epoch (I3)', async () => {
    const { auth, verdicts } = setUp();
    await verdicts.pollEpoch();
    await verdicts.find(key);

    auth.verdict = { valid: false };
    auth.epoch = 2;
    await verdicts.pollEpoch();

    expect(await verdicts.find(key)).toBeNull();
  });

  it('returns an order to end answers once, however often auth names it (I3)', async () => {
    const { auth, verdicts } = setUp();
    const cut = { keyIds: [valid.principal.keyId ?? ''], userIds: [], organizationIds: [] };
    auth.cuts = [{ id: crypto.randomUUID(), ageMs: 100, ...cut }];
    expect(await verdicts.pollEpoch()).toEqual([{ cut, ageMs: 100 }]);
    auth.cuts = [{ id: crypto.randomUUID(), ageMs: 0, ...cut }, ...auth.cuts];
    expect(await verdicts.pollEpoch()).toEqual([{ cut, ageMs: 0 }]);
    expect(await verdicts.pollEpoch()).toEqual([]);
  });

  it('fails closed when a verdict has died of age and auth is away (I3)', async () => {
    const { auth, clock, verdicts } = setUp();
    await verdicts.find(key);
    auth.isDown = true;

    clock.monotonicMs = 29_999;
    expect(await verdicts.find(key)).toMatchObject({ valid: true });
    clock.monotonicMs = 30_000;
    await expect(Promise.resolve(verdicts.find(key))).rejects.toThrow('service_unavailable');
  });

  it('delays no request for auth while there is a valid verdict: one in use is renewed before it is too old', async () => {
    const { auth, clock, verdicts } = setUp();
    await verdicts.find(key);
    let open: () => void = () => undefined;
    auth.gate = new Promise((resolve) => {
      open = resolve;
    });

    clock.monotonicMs = 15_000;
    expect(verdicts.find(key)).toMatchObject({ valid: true });
    expect(verdicts.find(key)).toMatchObject({ valid: true });
    expect(auth.asked).toBe(2);
    open();
    clock.monotonicMs = 31_000;
    expect(await verdicts.find(key)).toMatchObject({ valid: true });
    expect(auth.asked).toBe(2);
  });

  it('asks an auth that is away again each second, not for each request', async () => {
    const { auth, clock, verdicts } = setUp();
    await verdicts.find(key);
    auth.isDown = true;

    for (clock.monotonicMs = 20_000; clock.monotonicMs < 23_000; clock.monotonicMs += 100) await verdicts.find(key);
    expect(auth.refused).toBe(3);
  });

  it('refuses a key from the moment it expires, without asking', async () => {
    const { auth, clock, verdicts } = setUp();
    auth.verdict = { ...valid, expiresAt: '2026-01-01T00:00:10.000Z' };
    await verdicts.find(key);

    clock.nowMs += 10_000;

    expect(await verdicts.find(key)).toBeNull();
    expect(auth.asked).toBe(1);
  });

  it('forgets everything on a message that it cannot read', async () => {
    const { auth, verdicts } = setUp();
    await verdicts.find(key);

    auth.verdict = { valid: false };
    verdicts.invalidate('not json');

    expect(await verdicts.find(key)).toBeNull();
  });

  it('remembers no more keys than it may (I12)', async () => {
    const { auth, verdicts } = setUp();

    for (const digit of ['1', '2', '3', '4']) await verdicts.find(digit.repeat(64));
    await verdicts.find('1'.repeat(64));

    expect(auth.asked).toBe(5);
  });
});

describe('the verdict on a session', () => {
  const policy: PrivacyPolicy = { mode: 'mask', names: ['Ann'] };
  const masked: SessionVerdict = { valid: true, principal: { ...sessionPrincipal, privacy: policy } };
  const { orgId, userId } = sessionPrincipal;
  const stranger = '0193c5a0-0000-7000-8000-00000000000f';
  const changeOf = (organizationId: string) =>
    JSON.stringify({ keySha256: [], all: false, organizationIds: [organizationId] });
  const changeOfUser = (id: string) => JSON.stringify({ keySha256: [], all: false, userIds: [id] });

  it.each([
    ['organisation', changeOf(orgId)],
    ['user', changeOfUser(userId)],
  ])('is asked for once, and again as soon as the invalidation of its %s arrives (I3)', async (_name, message) => {
    const { auth, verdicts } = setUp();
    await Promise.all([verdicts.findSession(session), verdicts.findSession(session)]);
    expect(auth.asked).toBe(1);

    auth.session = masked;
    expect(verdicts.findSession(session)).toEqual(sessionPrincipal);
    verdicts.invalidate(message);

    expect(await verdicts.findSession(session)).toMatchObject({ privacy: policy });
  });

  it.each([
    ['organisation', changeOf],
    ['user', changeOfUser],
  ])('is asked for again of every key of the %s, and of no other', async (name, change) => {
    const { auth, verdicts } = setUp();
    await verdicts.find(key);

    verdicts.invalidate(change(stranger));
    expect(verdicts.find(key)).not.toBeInstanceOf(Promise);
    auth.verdict = { ...valid, principal: { ...valid.principal, privacy: policy } };
    verdicts.invalidate(change(name === 'user' ? userId : orgId));

    expect(await verdicts.find(key)).toMatchObject({ principal: { privacy: policy } });
  });

  it('is null when the session is over, and names a block (I3)', async () => {
    const { auth, verdicts } = setUp();
    auth.session = { valid: false };
    expect(await verdicts.findSession(session)).toBeNull();

    auth.session = { valid: false, reason: 'blocked' };
    verdicts.forgetAll();
    await expect(Promise.resolve(verdicts.findSession(session))).rejects.toThrow('access_blocked');
    auth.verdict = { valid: false, reason: 'blocked' };
    await expect(Promise.resolve(verdicts.find(key))).rejects.toThrow('access_blocked');
  });

  it('is asked for again when the operator lifts a block', async () => {
    const { auth, verdicts } = setUp();
    auth.verdict = { valid: false, reason: 'blocked' };
    await expect(Promise.resolve(verdicts.find(key))).rejects.toThrow('access_blocked');

    auth.verdict = valid;
    verdicts.invalidate(changeOf(orgId));

    expect(await verdicts.find(key)).toMatchObject({ valid: true });
  });

  it.each([
    ['a key', (verdicts: KeyVerdicts) => verdicts.find(key)],
    ['a session', (verdicts: KeyVerdicts) => verdicts.findSession(session)],
  ])('waits for no answer about %s that was under way when it changed', async (_name, find) => {
    const { auth, verdicts } = setUp();
    let open: () => void = () => undefined;
    auth.gate = new Promise((resolve) => {
      open = resolve;
    });
    const underWay = find(verdicts);

    auth.session = masked;
    auth.verdict = { ...valid, principal: { ...valid.principal, privacy: policy } };
    verdicts.invalidate(changeOf(orgId));
    const after = find(verdicts);
    open();
    await underWay;

    expect(JSON.stringify(await after)).toContain('Ann');
    expect(JSON.stringify(await find(verdicts))).toContain('Ann');
  });

  it('is found by the epoch when the message was lost, and expires when auth cannot be reached (I3)', async () => {
    const { auth, clock, verdicts } = setUp();
    await verdicts.pollEpoch();
    await verdicts.findSession(session);
    auth.session = masked;
    auth.epoch = 2;
    await verdicts.pollEpoch();
    expect(await verdicts.findSession(session)).toMatchObject({ privacy: policy });

    auth.isDown = true;
    clock.monotonicMs = 29_999;
    expect(verdicts.findSession(session)).toMatchObject({ privacy: policy });
    clock.monotonicMs = 30_000;
    await expect(Promise.resolve(verdicts.findSession(session))).rejects.toThrow('service_unavailable');
  });
});
