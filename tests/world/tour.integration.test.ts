import { randomBytes } from 'node:crypto';
import { startTestPostgres, type TestPostgres } from '@aggregator/testing';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startTour, type TourWorld, walkThroughMonth } from './tour.ts';

describe('a month of a paying customer, on PostgreSQL, Redis and Kafka', () => {
  let postgres: TestPostgres;
  let tour: TourWorld;
  beforeAll(async () => {
    postgres = await startTestPostgres(process.env.POSTGRES_URL);
    const name = () => `t${randomBytes(6).toString('hex')}`;
    tour = await startTour({
      ...{ DATABASE_URL: postgres.url, DATABASE_NAME_PREFIX: name() },
      ...{ REDIS_URL: process.env.REDIS_URL ?? '', REDIS_KEY_PREFIX: `${name()}:` },
      ...{ KAFKA_BROKERS: process.env.KAFKA_BROKERS ?? '', KAFKA_TOPIC_PREFIX: `${name()}.` },
    });
  });
  afterAll(async () => {
    await tour?.stop();
    await postgres.stop();
  });

  it('pays, spends, is warned and topped up, gets its invoice, a refund and a credit note, and every sum is right', async () => {
    await walkThroughMonth(tour);
  });
});
