-- The second barrier between organisations: who reads as "aggregator_tenant" sees rows of "app.organization" alone. Every other
-- role sees and writes all rows as before; the owner of a table is not asked.
ALTER TABLE "organization" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "organization" USING (
    current_user <> 'aggregator_tenant' OR "id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "membership" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "membership" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "team" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "team" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "team_member" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "team_member" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "budget" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "budget" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "usage_limit" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_limit" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "api_key" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "api_key" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "invitation" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "invitation" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "sso_provider" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "sso_provider" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "scim_token" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "scim_token" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "scim_user" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "scim_user" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "bulk_job" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "bulk_job" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "webhook_endpoint" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "webhook_endpoint" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "security_event" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "security_event" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "key_use" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "key_use" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
ALTER TABLE "audit_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "audit_entry" USING (
    current_user <> 'aggregator_tenant' OR "organization_id" = nullif(current_setting('app.organization', true), '')::uuid
);
