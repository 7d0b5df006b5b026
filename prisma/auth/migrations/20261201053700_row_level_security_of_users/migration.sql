-- People whom "aggregator_tenant" sees: members of "app.organization", and those who left an API key or an invitation there.
ALTER TABLE "user" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "user" USING (
    (SELECT current_user <> 'aggregator_tenant')
    OR EXISTS (SELECT FROM "membership" WHERE "membership"."user_id" = "user"."id" AND "membership"."organization_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
    OR EXISTS (SELECT FROM "api_key" WHERE "api_key"."user_id" = "user"."id" AND "api_key"."organization_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
    OR EXISTS (SELECT FROM "invitation" WHERE "invitation"."invited_by_id" = "user"."id" AND "invitation"."organization_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
);
