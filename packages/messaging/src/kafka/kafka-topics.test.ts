import { describe, expect, it } from '@jest/globals';
import * as kafkajs from 'kafkajs';
import { isRetriable } from './kafka-topics.ts';

const { KafkaJSAggregateError, KafkaJSProtocolError } = kafkajs;

const rejected = (type: string, retriable: boolean) =>
  Object.assign(new KafkaJSProtocolError(Object.assign(new Error(type), { retriable })), { type });

describe('a rejected creation of topics', () => {
  it('is tried again if each of its errors may be, and not otherwise', () => {
    const [slow, wrong] = [rejected('REQUEST_TIMED_OUT', true), rejected('INVALID_PARTITIONS', false)];
    expect(isRetriable(new KafkaJSAggregateError('Topic creation errors', [slow]))).toBe(true);
    expect(isRetriable(new KafkaJSAggregateError('Topic creation errors', [slow, wrong]))).toBe(false);
    expect(isRetriable(new Error('Topic creation errors'))).toBe(false);
  });
});
