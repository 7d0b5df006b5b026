import { type AdmissionStore, createSlicedAdmissionStore } from '@aggregator/admission';
import type { InvalidationChannel } from '@aggregator/invalidation';
import type { OpenHolds } from '../reports/open-holds.ts';

/** Messages are ids of organisations whose slices every proxy gives back. */
const recallChannel = 'slices:recall';

/**
 * The counter store, asked once a second for a busy caller's requests. A slice counts as an open hold from before it is asked for
 * until nothing of it is open: until then a settlement may follow that its money pays.
 */
export function sliceAdmission(
  primary: AdmissionStore,
  channel: Pick<InvalidationChannel, 'publish' | 'subscribe'>,
  holds: Pick<OpenHolds, 'begin' | 'end'>,
): AdmissionStore {
  const sliced = createSlicedAdmissionStore({
    primary,
    publishRecall: (orgId) => channel.publish(recallChannel, orgId),
    onTaking: (sliceId, ttlMs) => holds.begin(sliceId, ttlMs),
    onEnded: (sliceId) => holds.end(sliceId),
  });
  // Never rejects: what could not be heard meanwhile is given back when messages flow again.
  void channel.subscribe(
    recallChannel,
    (orgId) => void sliced.giveBack(orgId),
    () => void sliced.giveBack(),
  );
  return sliced;
}
