-- The second barrier between organisations: who reads as "aggregator_tenant" sees rows of "app.organization" alone. Every other
-- role sees and writes all rows as before; the owner of a table is not asked. Each condition is computed once for a query.
ALTER TABLE "usage_rollup" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_rollup" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_detail" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_detail" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_tag_set" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_tag_set" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_quality" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_quality" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "audit_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_entry" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "organization_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
-- What no such read needs: the work of the service itself, and alerts of the operator.
ALTER TABLE "inbox" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "inbox" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "usage_correction" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_correction" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "work_job" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "work_job" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "audit_head" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_head" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "alert" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "alert" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "alert_silence" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "alert_silence" USING ((SELECT current_user <> 'aggregator_tenant'));
ALTER TABLE "alert_lease" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "alert_lease" USING ((SELECT current_user <> 'aggregator_tenant'));
