import type { EventConsumer } from '@aggregator/messaging';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import type { BillingContext } from '../billing-context.ts';
import { forgetEndUsers } from '../budgets/forget-end-users.ts';
import { createBudgetReconciler } from '../budgets/reconcile-budgets.ts';
import { reportSpending } from '../budgets/report-spending.ts';
import { shareRefresh } from '../finality/share-refresh.ts';
import { expireHolds } from '../holds/expire-holds.ts';
import { forgetClosedHolds } from '../holds/hold-rows.ts';
import { countDeadLetters } from '../inbox/dead-letters.ts';
import { issueInvoices } from '../invoices/issue-invoices.ts';
import { retryGrants } from '../leases/retry-grants.ts';
import { createLedgerWatch } from '../ledger/watch-ledger.ts';
import { relayNotices } from '../notices/relay-notices.ts';
import { watchBalances } from '../notices/watch-balances.ts';
import { watchCards } from '../notices/watch-cards.ts';
import { watchSpending } from '../notices/watch-spending.ts';
import { relayOutbox } from '../outbox/relay.ts';
import { tendPayers } from '../payers/leave-payer.ts';
import { tendPayments } from '../payments/tend-payments.ts';
import { expirePromotionalCredits } from '../promotional-credits/promotional-credits.ts';
import { createEventsCheck } from '../reconciliation/checks/compare-events.ts';
import { createProviderCostsCheck } from '../reconciliation/checks/compare-provider-costs.ts';
import { createSpoolsCheck } from '../reconciliation/checks/find-missing-records.ts';
import { createHoldsCheck } from '../reconciliation/checks/find-old-holds.ts';
import { createBooksCheck } from '../reconciliation/checks/verify-books.ts';
import { countOpenDifferences, noDifferences } from '../reconciliation/differences.ts';
import { createReconciler } from '../reconciliation/reconciler.ts';
import { createCheckRunner } from '../reconciliation/run-checks.ts';
import { forgetRejections } from '../rejections/keep-rejections.ts';
import { createRetention } from '../retention/run-retention.ts';
import { countOpenReviews } from '../reviews/list-reviews.ts';
import { findSpoolGaps, noSpoolGaps } from '../spools/watch-gaps.ts';
import { findSilentSpools } from '../spools/watch-silence.ts';
import { renewSubscriptions } from '../subscriptions/renew-subscriptions.ts';
import { type RepeatingTask, repeat } from './repeat.ts';
import { type StartTask, startConsumers } from './start-consumers.ts';
import { createWaitingWork, type HasWork } from './waiting-work.ts';

const secondMs = 1000;
const minuteMs = 60_000;
/** How long a closed hold is kept: no repeat of its request is on its way after it. */
const closedHoldMs = 24 * 60 * minuteMs;
/** Below the interval of the tasks that ask for waiting work. */
const sharedWorkMs = 900;
/** Below the interval of the tasks that ask for rare work. */
const sharedRareWorkMs = 25_000;
/** Below the interval of each task that looks at the spools and the log. */
const sharedLookSeconds = 4;

/**
 * Everything that billing does without being asked. `close` ends it in order: first what takes work in.
 * @param pace tasks run so many times as often.
 */
export function startBackground(context: BillingContext, pace = 1): EventConsumer {
  const { events } = context;
  const finality = shareRefresh(context.finality, (sharedLookSeconds * secondMs) / pace, context.now);
  const task: StartTask = (name, intervalMs, run) =>
    repeat({
      intervalMs: intervalMs / pace,
      backOffMsMax: 30 * secondMs,
      run,
      onError: (error) => events.taskFailed(name, error),
    });

  const consumers = startConsumers(context, task);
  const hasWork = createWaitingWork(context.findRows, sharedWorkMs / pace, sharedRareWorkMs / pace);
  const parts = { ...context, finality, hasWork };
  const tasks = [...startLedgerTasks(parts, task), ...startMoneyTasks(parts, task)];

  return {
    async close() {
      await consumers.close();
      await Promise.all(tasks.map((running) => running.close()));
    },
  };
}

type TaskContext = BillingContext & { readonly hasWork: HasWork };

/** The ledger, the counter store and the event log. */
function startLedgerTasks(context: TaskContext, task: StartTask): RepeatingTask[] {
  const { database, events, eventLog, config, hasWork, finality } = context;
  const ledgerWatch = createLedgerWatch(database, events);
  const reconciler = createReconciler({ ...context, restMs: config.strandedLeaseReleaseMs });
  const budgetReconciler = createBudgetReconciler(context);
  const checks = [
    createEventsCheck(context),
    createProviderCostsCheck(database, context.clock),
    createSpoolsCheck(database),
    createBooksCheck(database, config.databaseUrl),
    createHoldsCheck(database, events),
  ];
  return [
    ...checks.map((check) => task(`check_${check.kind}`, minuteMs, createCheckRunner(context, check))),
    task('open_differences', 30 * secondMs, async () =>
      events.openDifferencesCounted(
        (await hasWork('differences')) ? await countOpenDifferences(database) : noDifferences,
      ),
    ),
    task('store_epoch', secondMs, async () => {
      await context.storeEpoch.check();
    }),
    task('retry_grants', secondMs, async () => {
      if (!(await hasWork('grants'))) return;
      await retryGrants(context, { minAgeMs: 5 * secondMs, giveUpMs: 60 * secondMs });
    }),
    task('reconcile', 5 * secondMs, () => reconciler.step()),
    task('reconcile_budgets', 5 * secondMs, async () => {
      if (await hasWork('budgets')) await budgetReconciler.step();
    }),
    task('forget_end_users', 60 * minuteMs, () => forgetEndUsers(database)),
    task('report_spending', 5 * secondMs, async () => {
      if (!(await hasWork('spending'))) return;
      await reportSpending(database, context.budgetDirectory, (orgId, error) =>
        events.taskFailed('report_spending', error, { orgId }),
      );
    }),
    task('expired_holds', 10 * secondMs, async () => {
      const isIdle = !(await hasWork('holds'));
      if (isIdle) return events.holdsExpired({ released: 0, waitingNanoUsd: 0n, waiting: null });
      await finality.refresh();
      events.holdsExpired(await expireHolds(database, finality));
    }),
    task('forget_holds', 10 * minuteMs, () => forgetClosedHolds(database, closedHoldMs)),
    task('ledger_check', minuteMs, () => ledgerWatch.step()),
    task('open_reviews', 30 * secondMs, async () =>
      events.reviewsCounted((await hasWork('reviews')) ? await countOpenReviews(database) : 0),
    ),
    task('dead_letters', 30 * secondMs, async () =>
      events.deadLettersCounted((await hasWork('deadLetters')) ? await countDeadLetters(database) : 0),
    ),
    task('silent_spools', 30 * secondMs, async () =>
      events.spoolsSilent((await hasWork('spools')) ? await findSilentSpools(database) : 0),
    ),
    task('spool_gaps', 30 * secondMs, async () =>
      events.spoolGapsFound((await hasWork('gaps')) ? await findSpoolGaps(database) : noSpoolGaps),
    ),
    task('retention', 60 * minuteMs, createRetention(context)),
    task('forget_rejections', 10 * minuteMs, () => forgetRejections(database)),
    task('outbox', secondMs, async () => {
      if (await hasWork('outbox')) events.outboxRelayed(await relayOutbox(database, eventLog));
    }),
  ];
}

/** Payments and invoices, and what organisations are notified of. */
function startMoneyTasks(context: TaskContext, task: StartTask): RepeatingTask[] {
  const { events, hasWork } = context;
  return [
    task('payments', 30 * secondMs, async () => tendPayments(context, !(await hasWork('payments')))),
    task('payers', 10 * secondMs, async () => {
      if (await hasWork('payers')) await tendPayers(context);
    }),
    task('automatic_top_ups', 10 * secondMs, async () => {
      // First the warning: a top-up that follows would hide that the balance was low.
      await watchBalances(context);
      await runAutomaticTopUps(context);
    }),
    task('warnings', 10 * minuteMs, async () => {
      await watchCards(context);
      await watchSpending(context);
    }),
    task('subscriptions', 30 * secondMs, async () => {
      if (await hasWork('subscriptions')) await renewSubscriptions(context);
    }),
    task('notices', 2 * secondMs, async () => {
      if (await hasWork('notices')) await relayNotices(context);
      else events.noticesCounted(0);
    }),
    task('invoices', minuteMs, async () => events.invoicesIssued(await issueInvoices(context))),
    task('promotional_credits', 30 * secondMs, async () =>
      events.promotionalCreditsExpired(
        (await hasWork('promotionalCredits')) ? await expirePromotionalCredits(context) : 0,
      ),
    ),
  ];
}
