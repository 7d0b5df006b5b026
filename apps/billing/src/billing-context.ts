import type { FindRows, ReadAsTenant } from '@aggregator/database';
import type { EventLog } from '@aggregator/messaging';
import type { IdentityVerifier, NameDirectory, ServiceContext, Tracing } from '@aggregator/service-kit';
import type { AdviceDesk } from './advice/advice-desk.ts';
import type { BudgetDirectory } from './budgets/budget-directory.ts';
import type { BudgetDesk } from './budgets/grant-budgets.ts';
import type { BillingConfig } from './config.ts';
import type { Database, Transaction } from './database/open-database.ts';
import type { BillingEvents } from './events.ts';
import type { Finality } from './finality/finality.ts';
import type { LeaseContext } from './leases/grant-lease.ts';
import type { LeaseDesk } from './leases/lease-desk.ts';
import type { LimitDirectory } from './limits/limit-directory.ts';
import type { NoticeDesk } from './notices/notice-desk.ts';
import type { PaymentContext } from './payments/payment-desk.ts';

export interface BillingContext extends ServiceContext, LeaseContext, PaymentContext {
  readonly config: BillingConfig;
  readonly database: Database;
  /** For reads of one organisation. */
  readonly readAsTenant: ReadAsTenant<Transaction>;
  /** For tasks that run often and mostly find nothing. */
  readonly findRows: FindRows;
  readonly eventLog: EventLog;
  readonly verifier: IdentityVerifier;
  readonly events: BillingEvents;
  readonly leaseDesk: LeaseDesk;
  readonly budgetDesk: BudgetDesk;
  readonly budgetDirectory: BudgetDirectory;
  readonly limitDirectory: LimitDirectory;
  readonly names: NameDirectory;
  readonly noticeDesk: NoticeDesk;
  readonly adviceDesk: AdviceDesk;
  readonly finality: Finality;
  /** What analytics counted in an hour, in nano-USD by `<organisation> <model>`. */
  readonly readAnalyticsHour: (hour: Date) => Promise<ReadonlyMap<string, bigint>>;
  readonly now: () => number;
  /** Null while traces are off. */
  readonly tracing: Tracing | null;
}
