-- The second barrier between organisations: who reads as "aggregator_tenant" sees rows of "app.organization" alone. Every other
-- role sees and writes all rows as before; the owner of a table is not asked. Each condition is computed once for a query.
-- Accounts of the installation belong to no organisation, and are not shown.
ALTER TABLE "account" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "account" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "statement_line" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "statement_line" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "charge" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "charge" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "charge_day" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "charge_day" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "rejected_request" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "rejected_request" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_correction" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_correction" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "budget_period" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "budget_period" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "payment" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "payment_refund" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment_refund" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "payment_customer" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment_customer" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "promotional_credit" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "promotional_credit" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "automatic_top_up" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "automatic_top_up" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "billing_profile" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "billing_profile" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "invoice" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "invoice" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "subscription" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "subscription" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "paid_organization" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "paid_organization" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid) OR "payer_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "audit_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_entry" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "organization_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
-- Rows that belong to an organisation by their parent.
ALTER TABLE "subscription_charge" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "subscription_charge" USING (
    (SELECT current_user <> 'aggregator_tenant') OR EXISTS (SELECT FROM "subscription" WHERE "subscription"."id" = "subscription_charge"."subscription_id")
);
-- What no such read needs: transfers, of which many name accounts of two organisations, and the work of the service itself.
ALTER TABLE "transfer" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "transfer" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "lease" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "lease" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "request_hold" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "request_hold" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "minute_grant" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "minute_grant" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "usage_review" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_review" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "inbox" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "inbox" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "outbox" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "outbox" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "quarantine" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "quarantine" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "quarantine_decision" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "quarantine_decision" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "store_epoch" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "store_epoch" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "spool" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "spool" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "spool_watermark" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "spool_watermark" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "background_turn" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "background_turn" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "audit_head" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_head" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "ledger_fold" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "ledger_fold" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "ledger_fold_account" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "ledger_fold_account" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "payment_event" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment_event" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "payment_dispute" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment_dispute" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "payment_review" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "payment_review" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "bank_transfer" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "bank_transfer" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "invoice_progress" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "invoice_progress" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "reconciliation_report" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "reconciliation_report" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "reconciliation_difference" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "reconciliation_difference" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "notice" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "notice" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "raised_warning" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "raised_warning" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "spending_day" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "spending_day" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "spending_progress" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "spending_progress" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "provider_cost" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "provider_cost" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "compacted_month" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "compacted_month" USING ((SELECT current_user <> 'aggregator_tenant'));
