/** A promise, the code that keeps it, and a test that must fail without that code. */
export interface Guard {
  promise: `I${number}`;
  path: string;
  /** Text of the file; it stands there once. */
  guard: string;
  /** What stands there while the guard is removed. */
  instead: string;
  /** Of the unit tier. */
  test: { path: string; name: string };
}

export const guards: readonly Guard[] = [
  {
    promise: 'I1',
    path: 'apps/proxy/src/attempts/sending-mark.ts',
    guard: 'else this.#requireWritten();',
    instead: '',
    test: {
      path: 'apps/proxy/src/attempts/sending-mark.test.ts',
      name: 'is on record before the first of the calls',
    },
  },
  {
    promise: 'I2',
    path: 'apps/proxy/src/money/bound-usage.ts',
    guard: 'if (areTokensWithin && images <= imagesMax',
    instead: 'if (true || images <= imagesMax',
    test: { path: 'apps/proxy/src/money/usage-bounds.test.ts', name: 'a usage above the bounds of its request' },
  },
  {
    promise: 'I3',
    path: 'apps/api-gateway/src/identity/key-verdicts.ts',
    guard: 'if (this.#epoch !== null && epoch !== this.#epoch) this.forgetAll();',
    instead: '',
    test: {
      path: 'apps/api-gateway/src/identity/key-verdicts.test.ts',
      name: 'finds a revocation whose message was lost by the epoch',
    },
  },
  {
    promise: 'I5',
    path: 'packages/service-kit/src/log/logger.ts',
    guard: "return cut.replace(secretValue, '[redacted]');",
    instead: 'return cut;',
    test: { path: 'packages/service-kit/src/log/logger.test.ts', name: 'blanks secrets' },
  },
  {
    promise: 'I6',
    path: 'apps/billing/src/ledger/check-ledger.ts',
    guard: 'balance !== expected || (',
    instead: '(',
    test: { path: 'apps/billing/src/ledger/watch-ledger.test.ts', name: 'checks the ledger by itself' },
  },
  {
    promise: 'I7',
    path: 'apps/billing/src/inbox/claim-events.ts',
    guard: 'before.bodyHash !== charge.bodyHash',
    instead: 'before.bodyHash === undefined',
    test: {
      path: 'apps/billing/src/consumers/usage-recorded.test.ts',
      name: 'quarantines the same event id with another body',
    },
  },
  {
    promise: 'I8',
    path: 'packages/service-kit/src/idempotency/serve-once.ts',
    guard: "if (result === 'claimed') return",
    instead: 'if (result.length > 0) return',
    test: {
      path: 'apps/proxy/src/routes/idempotency/serve-once.test.ts',
      name: 'are one call, one charge and one answer',
    },
  },
  {
    promise: 'I10',
    path: 'packages/resilience/src/decide.ts',
    guard: 'return retriesHere === 0 ? shortPauseMs(history, random) : null;',
    instead: 'return shortPauseMs(history, random);',
    test: { path: 'packages/resilience/src/decide.test.ts', name: 'is asked once more after a tear' },
  },
  {
    promise: 'I12',
    path: 'packages/service-kit/src/shares/fair-pool.ts',
    guard: 'if (taken + amount <= weight * freeForAll) continue;',
    instead: 'if (taken + amount <= weight * free) continue;',
    test: { path: 'apps/api-gateway/src/shares/fair-pool.test.ts', name: '' },
  },
  {
    promise: 'I13',
    path: 'apps/billing/src/consumers/usage-recorded.ts',
    guard: "return 'invalid_event: not JSON';",
    instead: "throw new Error('not JSON');",
    test: {
      path: 'apps/billing/src/consumers/usage-recorded.test.ts',
      name: 'names records that are no events of usage, and handles what stands beside them',
    },
  },
  {
    promise: 'I14',
    path: 'packages/admission/src/sheltered/sheltered-rates.ts',
    guard: 'Math.floor(limit / sharedBy)',
    instead: 'limit',
    test: {
      path: 'packages/admission/src/sheltered/sheltered-store.test.ts',
      name: 'limits each process to its part of every limit',
    },
  },
  {
    promise: 'I16',
    path: 'apps/auth/src/sessions/rotate-refresh-token.ts',
    guard: 'AND "token"."used_at" IS NULL',
    instead: '',
    test: {
      path: 'apps/auth/src/routes/refresh-session/handler.test.ts',
      name: 'gives 20 parallel refreshes of one token the same child',
    },
  },
  {
    promise: 'I17',
    path: 'apps/auth/src/keys/refuse-escalation.ts',
    guard: "if (lacking !== undefined) refuse('scopes'",
    instead: "if (lacking === null) refuse('scopes'",
    test: {
      path: 'apps/auth/src/keys/refuse-escalation.test.ts',
      name: 'accepts no key that can do what its maker cannot',
    },
  },
  {
    promise: 'I19',
    path: 'packages/service-kit/src/identity/verify-identity.ts',
    guard: ', audience: self }',
    instead: ' }',
    test: { path: 'packages/service-kit/src/identity/identity.test.ts', name: 'identity between services' },
  },
  {
    promise: 'I20',
    path: 'apps/proxy/src/upstream/provider-pools.ts',
    guard: 'const allowlist = isAddressTrusted ? null : this.#allowlist;',
    instead: 'const allowlist = null;',
    test: {
      path: 'apps/proxy/src/upstream/provider-pools.test.ts',
      name: 'is not called at a private address that a tenant declared',
    },
  },
  {
    promise: 'I21',
    path: 'packages/database/src/audit/verify-audit.ts',
    guard: 'if (hashEntry(prevHash, sequence, entry) !== hash)',
    instead: "if (hash === '')",
    test: { path: 'packages/database/src/audit/verify-audit.test.ts', name: 'is broken when an entry' },
  },
  {
    promise: 'I22',
    path: 'packages/pricing/src/price-usage.ts',
    guard: 'if (rate === undefined) {',
    instead: 'if (rate === undefined) continue;\n    if (rate === null) {',
    test: { path: 'packages/pricing/src/judge-usage.test.ts', name: 'refuses usage that its price has no rate for' },
  },
  {
    promise: 'I23',
    path: 'apps/analytics/src/rollups/add-usage.ts',
    guard: 'const counted = [...first.values()].filter(({ event }) => fresh.has(event.eventId));',
    instead: 'const counted = [...first.values()];',
    test: {
      path: 'apps/analytics/src/rollups/add-usage.test.ts',
      name: 'counts the charge of a request once for any event ids and batches',
    },
  },
  {
    promise: 'I4',
    path: 'apps/proxy/src/attempts/give-turn.ts',
    guard: 'return place.memoryTaken > 8 * largeBytes;',
    instead: 'return place.memoryTaken < 0;',
    test: { path: 'apps/proxy/src/attempts/give-turn.test.ts', name: 'lets others run between two steps' },
  },
  {
    promise: 'I9',
    path: 'apps/proxy/src/answers/thought-cut.ts',
    guard: "else if (typeof said === 'string') delta[name] = said.slice(due);",
    instead: '',
    test: {
      path: 'apps/proxy/src/answers/thought-cut.test.ts',
      name: 'are delivered once, wherever both streams are cut',
    },
  },
  {
    promise: 'I11',
    path: 'packages/spool/src/file-spool.ts',
    guard: 'bytes > this.#options.bytesMax * refusedAtShare',
    instead: 'bytes < refusedAtShare',
    test: { path: 'packages/spool/src/full-spool.test.ts', name: 'refuses intents at 95 %' },
  },
  {
    promise: 'I15',
    path: 'packages/service-kit/src/lifecycle/start-service.ts',
    guard: 'await server.drain(config.shutdownGraceMs, config.shutdownQuietMs);',
    instead: 'await server.destroy();',
    test: {
      path: 'packages/service-kit/src/lifecycle/start-service.test.ts',
      name: 'finishes the answer in hand before it stops',
    },
  },
  {
    promise: 'I18',
    path: 'apps/auth/src/keys/key-hasher.ts',
    guard: 'toHmacs: (keySha256) => ring.map(',
    instead: 'toHmacs: (keySha256) => ring.slice(0, 1).map(',
    test: {
      path: 'apps/auth/src/keys/key-hasher.test.ts',
      name: 'finds a key that was made with an older pepper',
    },
  },
  {
    promise: 'I24',
    path: 'packages/redis/src/connect-redis.ts',
    guard: 'if (!isWrongServer(error)) return false;',
    instead: 'if (error !== null) return false;',
    test: {
      path: 'packages/redis/src/connect-redis.test.ts',
      name: 'reaches the new primary by a new connection',
    },
  },
  {
    promise: 'I7',
    path: 'apps/billing/src/retention/compact-month.ts',
    guard: "if (partition <= partitionOf(table, month)) await replaceCheck(client, partition, constraint, 'false');",
    instead: '',
    test: {
      path: 'apps/billing/src/retention/compaction.test.ts',
      name: 'also closes earlier months without requests: nothing late or repeated is charged',
    },
  },
  {
    promise: 'I7',
    path: 'apps/billing/src/retention/compact-month.ts',
    guard: 'await replaceCheck(client, restOf(table), constraint,',
    instead: '((..._unused) => undefined)(',
    test: {
      path: 'apps/billing/src/retention/retention.test.ts',
      name: 'take no event once they are compacted: a late or repeated one is quarantined and charges nothing',
    },
  },
  {
    promise: 'I6',
    path: 'apps/billing/src/retention/compact-month.ts',
    guard: "if ((await lockMonth(client, month)) !== 'closed') return [];",
    instead: '',
    test: {
      path: 'apps/billing/src/retention/compaction.test.ts',
      name: 'by two instances at once exports each request, and deletes none that is not exported',
    },
  },
  {
    promise: 'I6',
    path: 'apps/billing/src/retention/totals.ts',
    guard: "transfer.request_id = slice.request_id AND reason = 'charge'",
    instead: 'false',
    test: {
      path: 'apps/billing/src/retention/retention.test.ts',
      name: 'older than details are kept become totals of days: balances, statements and proofs stay',
    },
  },
  {
    promise: 'I21',
    path: 'apps/billing/src/retention/verify-compacted.ts',
    guard: "compare('totals', await readTotalsHash(client, row.month), hash);",
    instead: '',
    test: {
      path: 'apps/billing/src/retention/retention.test.ts',
      name: 'show whose totals, file or hash was changed afterwards',
    },
  },
];
