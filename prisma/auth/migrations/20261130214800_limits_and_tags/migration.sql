-- Keys of a request's metadata that become tags of its usage.
ALTER TABLE "organization" ADD COLUMN "tag_keys" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];

-- What all requests of an organisation, a team, a user or a key may take together.
CREATE TABLE "usage_limit" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "models" JSONB,
    "requests_per_minute" INTEGER,
    "tokens_per_minute" INTEGER,
    "concurrent_requests" INTEGER,
    "changed_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "usage_limit_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "usage_limit_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "usage_limit_level_check" CHECK ("level" IN ('organization', 'team', 'user', 'key')),
    CONSTRAINT "usage_limit_counts_check" CHECK ("requests_per_minute" > 0 OR "tokens_per_minute" > 0 OR "concurrent_requests" > 0)
);
CREATE INDEX "usage_limit_organization_id_id_idx" ON "usage_limit" ("organization_id", "id");
CREATE INDEX "usage_limit_organization_id_subject_id_idx" ON "usage_limit" ("organization_id", "subject_id");

-- A new limit takes something from keys and sessions, too.
CREATE TRIGGER "usage_limit_grows_epoch" AFTER INSERT OR UPDATE OR DELETE ON "usage_limit"
    FOR EACH ROW EXECUTE FUNCTION "grow_key_epoch"();

CREATE TRIGGER "tag_keys_change_grows_epoch" AFTER UPDATE OF "tag_keys" ON "organization"
    FOR EACH ROW WHEN (OLD."tag_keys" IS DISTINCT FROM NEW."tag_keys") EXECUTE FUNCTION "grow_key_epoch"();

-- A lost message about it was never found by the poll of the epoch.
CREATE TRIGGER "stores_responses_change_grows_epoch" AFTER UPDATE OF "stores_responses" ON "organization"
    FOR EACH ROW WHEN (OLD."stores_responses" IS DISTINCT FROM NEW."stores_responses") EXECUTE FUNCTION "grow_key_epoch"();
