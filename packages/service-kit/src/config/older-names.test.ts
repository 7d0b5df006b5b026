import { describe, expect, it } from '@jest/globals';
import { completeEnvironment } from './complete-environment.ts';
import { withOlderNames } from './older-names.ts';

const older = {
  AGG_SERVER_HOST: '0.0.0.0',
  AGG_SERVER_PORT: '8080',
  AGG_DATABASE_HOST: 'db.internal',
  AGG_DATABASE_PORT: '5433',
  AGG_DATABASE_USER: 'aggregator',
  AGG_DATABASE_PASSWORD: 'p@ss/word',
  AGG_DATABASE_DBNAME: 'gateway',
  AGG_REDIS_HOST: 'redis.internal',
  AGG_REDIS_PORT: '6380',
  AGG_REDIS_PASSWORD: 'r:d',
  AGG_REDIS_DB: '2',
  AGG_NATS_URL: 'nats://nats.internal:4222',
  AGG_AUTH_JWT_SECRET: 'a secret of at least thirty-two bytes',
  AGG_AUTH_JWT_EXPIRATION: '24h',
};

describe('names of earlier documents', () => {
  it('fill the names of today', () => {
    expect(completeEnvironment(older)).toMatchObject({
      HOST: '0.0.0.0',
      PORT: '8080',
      DATABASE_URL: 'postgresql://aggregator:p%40ss%2Fword@db.internal:5433/postgres',
      AUTH_DATABASE_URL: 'postgresql://aggregator:p%40ss%2Fword@db.internal:5433/gateway_auth',
      EVENTS_DATABASE_URL: 'postgresql://aggregator:p%40ss%2Fword@db.internal:5433/gateway_events',
      REDIS_URL: 'redis://:r%3Ad@redis.internal:6380/2',
      NATS_URL: 'nats://nats.internal:4222',
      AUTH_JWT_PRIVATE_KEY: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      ACCESS_TOKEN_LIFETIME_SECONDS: '86400',
    });
  });

  it('change nothing that today’s names say', () => {
    const today = {
      HOST: '127.0.0.1',
      REDIS_URL: 'redis://other',
      AUTH_JWT_PRIVATE_KEY: 'own',
      DATABASE_URL: 'postgres://x',
    };
    expect(withOlderNames({ ...older, ...today })).toMatchObject(today);
  });

  it.each([
    ['15m', '900'],
    ['1h30m', '5400'],
    ['3600', '3600'],
    ['soon', 'soon'],
  ])('read the lifetime %s as %s', (text, expected) => {
    expect(withOlderNames({ AGG_AUTH_JWT_EXPIRATION: text }).ACCESS_TOKEN_LIFETIME_SECONDS).toBe(expected);
  });

  it.each([
    [{ RATE_LIMIT_WINDOW_MS: '60000', RATE_LIMIT_MAX_REQUESTS: '100' }, '100'],
    [{ RATE_LIMIT_MAX_REQUESTS: '5' }, '5'],
    [{ RATE_LIMIT_WINDOW_MS: '1000', RATE_LIMIT_MAX_REQUESTS: '10' }, '600'],
    [{ RATE_LIMIT_WINDOW_MS: '90000', RATE_LIMIT_MAX_REQUESTS: '1' }, '1'],
    [{ RATE_LIMIT_WINDOW_MS: '0', RATE_LIMIT_MAX_REQUESTS: '1' }, '1 in 0 ms'],
  ])('read a limit in a window as requests in a minute: %j', (environment, expected) => {
    expect(withOlderNames(environment).DEFAULT_REQUESTS_PER_MINUTE).toBe(expected);
  });

  it('read the addresses of services, and make the same key of the same secret', () => {
    const { BILLING_URL, ANALYTICS_URL } = withOlderNames({
      BILLING_SERVICE_URL: 'http://billing',
      ANALYTICS_SERVICE_URL: 'http://analytics',
    });
    expect([BILLING_URL, ANALYTICS_URL]).toEqual(['http://billing', 'http://analytics']);
    expect(withOlderNames(older).AUTH_JWT_PRIVATE_KEY).toBe(withOlderNames(older).AUTH_JWT_PRIVATE_KEY);
    expect(withOlderNames({ AGG_AUTH_JWT_SECRET: 'short' }).AUTH_JWT_PRIVATE_KEY).toBe('short');
  });
});
