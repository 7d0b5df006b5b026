import { expect, it } from '@jest/globals';
import { EventRoom } from './event-room.ts';

const mebibyte = 1024 * 1024;

it('bounds the large events of one provider and of all, and gives room back', () => {
  const room = new EventRoom({ totalMax: 3 * mebibyte, providerMax: 2 * mebibyte });
  const first = room.enter('a');
  const second = room.enter('a');
  const third = room.enter('b');
  first.hold(60_000);
  expect(room.total).toBe(0);
  first.hold(mebibyte);
  first.hold(2 * mebibyte);
  expect(() => second.hold(mebibyte)).toThrow('service_unavailable');
  expect(() => third.hold(2 * mebibyte)).toThrow('service_unavailable');
  third.hold(mebibyte);
  expect(room.total).toBe(3 * mebibyte);
  first.leave();
  second.hold(2 * mebibyte);
  second.leave();
  third.leave();
  expect(room.total).toBe(0);
});
