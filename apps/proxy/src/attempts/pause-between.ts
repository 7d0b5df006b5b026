import { AppError } from '@aggregator/contracts';
import type { OpenRequest } from './open-request.ts';

/** Waits between two attempts. Returns null when the time is over, or why there will be no other: the caller left, or we close. */
export function pauseBetween(open: OpenRequest, pauseMs: number): Promise<AppError | null> {
  const { response } = open.exchange;
  if (response.destroyed) return Promise.resolve(new AppError('request_cancelled'));
  return new Promise((resolve) => {
    const finish = (reason: AppError | null) => {
      clearTimeout(timer);
      response.off('close', leave);
      open.cut = null;
      resolve(reason);
    };
    const leave = () => finish(new AppError('request_cancelled'));
    const timer = setTimeout(finish, pauseMs, null);
    response.once('close', leave);
    open.cut = finish;
  });
}
