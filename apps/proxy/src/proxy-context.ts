import type { AdmissionStore } from '@aggregator/admission';
import type { ExpiringStore } from '@aggregator/expiring-store';
import type { MockProvider } from '@aggregator/mock-provider';
import type { ExpiringMarks, TargetMemory } from '@aggregator/resilience';
import type { IdentityVerifier, OnceServer, ServiceContext, Tracing } from '@aggregator/service-kit';
import type { Spool } from '@aggregator/spool';
import type { OpenRequests } from './attempts/open-requests.ts';
import type { ProxyConfig } from './config.ts';
import type { ProxyEvents } from './events.ts';
import type { BudgetRequests } from './money/budget-requests.ts';
import type { Corrections } from './money/corrections/corrections.ts';
import type { LeaseRequests } from './money/lease-requests.ts';
import type { RefusedSubjects } from './money/refused-subjects.ts';
import type { AnswerCache } from './remembered/answers/answer-cache.ts';
import type { StoredConversations } from './remembered/responses/stored-conversations.ts';
import type { StoredResponses } from './remembered/responses/stored-responses.ts';
import type { ProviderTrafficBook } from './reports/provider-traffic.ts';
import type { RejectionLog } from './reports/rejection-log.ts';
import type { ArrivingBodies } from './requests/arriving-bodies.ts';
import type { BackgroundRuns } from './requests/background-run.ts';
import type { CompiledPolicies } from './requests/privacy/compiled-policies.ts';
import type { MaskingQueue } from './requests/privacy/masking-queue.ts';
import type { RequestOutcomes } from './routes/idempotency/request-outcomes.ts';
import type { Room } from './routes/room.ts';
import type { CurrentSnapshot } from './snapshot/swap-snapshot.ts';
import type { Credentials } from './upstream/credentials.ts';
import type { Drains } from './upstream/drains.ts';
import type { EventRoom } from './upstream/event-room.ts';
import type { ProviderPools } from './upstream/provider-pools.ts';

export interface ProxyContext extends ServiceContext {
  readonly config: ProxyConfig;
  readonly events: ProxyEvents;
  readonly verifier: IdentityVerifier;
  readonly room: Room;
  /** Limits of requests that have nothing left. */
  readonly refused: RefusedSubjects;
  /** Bodies of requests that are arriving. */
  readonly arriving: ArrivingBodies;
  readonly routing: CurrentSnapshot;
  readonly admission: AdmissionStore;
  readonly leases: LeaseRequests;
  readonly budgets: BudgetRequests;
  readonly spool: Spool;
  /** Estimates whose provider may still give its record. */
  readonly corrections: Corrections;
  readonly pools: ProviderPools;
  readonly credentials: Credentials;
  /** What is remembered of each target's failures. */
  readonly memory: TargetMemory;
  /** Models, by provider, that rejected a trailing assistant message although the registry says that they take one. */
  readonly refusedPrefills: ExpiringMarks;
  /** Memory for large events of streams. */
  readonly eventRoom: EventRoom;
  /** How attempts at each provider ended of late. */
  readonly traffic: ProviderTrafficBook;
  readonly requests: OpenRequests;
  /** Calls that continue after their clients left. */
  readonly drains: Drains;
  /** The key of the hashes by which billing recognises equal requests; null for no hashes. */
  readonly fingerprintKey: Buffer | null;
  /** Whole answers that may be returned to an equal request. */
  readonly answers: AnswerCache;
  /** Requests with an `Idempotency-Key`. */
  readonly once: OnceServer;
  readonly outcomes: RequestOutcomes;
  /** Why requests were rejected, until it is reported to billing. */
  readonly rejections: RejectionLog;
  /** What is remembered of conversations: thoughts behind calls of tools, items that callers refer to by id. */
  readonly conversations: ExpiringStore;
  /** Responses that callers may continue, read and delete by their ids. */
  readonly responses: StoredResponses;
  /** Conversations that callers continue by their ids. */
  readonly storedConversations: StoredConversations;
  readonly backgroundRuns: BackgroundRuns;
  /** Masks large texts beside the event loop. */
  readonly masking: MaskingQueue;
  readonly policies: CompiledPolicies;
  /** Null where it is switched off. */
  readonly mockProvider: MockProvider | null;
  /** Null while traces are off. */
  readonly tracing: Tracing | null;
  /** Of this run of the kernel; null if it is not known. */
  readonly bootId: string | null;
  now(): number;
  /** Milliseconds of a monotonic clock. */
  monotonicNow(): number;
  /** Requests are not taken any more, and what is open is coming to its end. */
  isClosing(): boolean;
}
