-- Rows that belong to an organisation by their parent: "aggregator_tenant" sees those whose parent it sees.
ALTER TABLE "bulk_row" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "bulk_row" USING (
    current_user <> 'aggregator_tenant' OR EXISTS (SELECT FROM "bulk_job" WHERE "bulk_job"."id" = "bulk_row"."job_id")
);
ALTER TABLE "webhook_delivery" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "webhook_delivery" USING (
    current_user <> 'aggregator_tenant' OR EXISTS (SELECT FROM "webhook_endpoint" WHERE "webhook_endpoint"."id" = "webhook_delivery"."endpoint_id")
);
ALTER TABLE "budget_alert" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "budget_alert" USING (
    current_user <> 'aggregator_tenant' OR EXISTS (SELECT FROM "budget" WHERE "budget"."id" = "budget_alert"."budget_id")
);
ALTER TABLE "sso_identity" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "sso_identity" USING (
    current_user <> 'aggregator_tenant' OR EXISTS (SELECT FROM "sso_provider" WHERE "sso_provider"."id" = "sso_identity"."provider_id")
);
-- What no read of a tenant needs: sessions, tokens, mails and jobs of all organisations.
ALTER TABLE "session" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "session" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "refresh_token" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "refresh_token" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "email_token" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "email_token" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "sso_login" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "sso_login" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "mail" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "mail" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "work_job" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "work_job" USING (current_user <> 'aggregator_tenant');
ALTER TABLE "cut_order" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "cut_order" USING (current_user <> 'aggregator_tenant');
