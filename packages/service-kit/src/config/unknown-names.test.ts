import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { variable } from './read-config.ts';
import { findUnknownNames } from './unknown-names.ts';

const shape = {
  brokers: variable('KAFKA_BROKERS', z.string(), 'Brokers.', { aliases: ['AGG_KAFKA_BROKERS'] }),
  key: variable('OPENAI_API_KEY', z.string(), 'Key.'),
};

describe('a variable that nothing reads', () => {
  it.each([
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
    ['AGG_REDIS_HOSTS', 'AGG_REDIS_HOST'],
  ])('is reported with the nearest name: %s', (name, nearest) => {
    expect(findUnknownNames(shape, { [name]: 'x' })).toEqual([{ name, nearest }]);
  });

  it('is reported if it begins with AGG_, however far it is from all others', () => {
    expect(findUnknownNames(shape, { AGG_COMPLETELY_DIFFERENT_SETTING_OF_ANOTHER_PRODUCT: 'x' })).toEqual([
      { name: 'AGG_COMPLETELY_DIFFERENT_SETTING_OF_ANOTHER_PRODUCT', nearest: null },
    ]);
  });

  it.each(['PATH', 'HOSTNAME', 'OPENAI_API_KEY_2', 'KAFKA_BROKERS', 'AGG_NATS_URL', 'KUBERNETES_SERVICE_HOST'])(
    'is not reported: %s',
    (name) => {
      expect(findUnknownNames(shape, { [name]: 'x' })).toEqual([]);
    },
  );
});
