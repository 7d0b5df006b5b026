-- Since when the operator blocks it; null if it is not blocked.
ALTER TABLE "organization" ADD COLUMN "blocked_at" TIMESTAMPTZ(3);
ALTER TABLE "user" ADD COLUMN "blocked_at" TIMESTAMPTZ(3);
ALTER TABLE "api_key" ADD COLUMN "blocked_at" TIMESTAMPTZ(3);

ALTER TABLE "session" DROP CONSTRAINT "session_end_reason_is_known";
ALTER TABLE "session" ADD CONSTRAINT "session_end_reason_is_known"
    CHECK ("end_reason" IN ('logged_out', 'token_reused', 'password_changed', 'revoked'));

-- Each of them changes what a key or a session can do.
CREATE TRIGGER "organization_block_grows_epoch" AFTER UPDATE OF "blocked_at" ON "organization"
    FOR EACH ROW WHEN (OLD."blocked_at" IS DISTINCT FROM NEW."blocked_at") EXECUTE FUNCTION "grow_key_epoch"();
CREATE TRIGGER "user_block_grows_epoch" AFTER UPDATE OF "blocked_at" ON "user"
    FOR EACH ROW WHEN (OLD."blocked_at" IS DISTINCT FROM NEW."blocked_at") EXECUTE FUNCTION "grow_key_epoch"();
-- A changed password ends sessions.
CREATE TRIGGER "password_change_grows_epoch" AFTER UPDATE OF "password_hash" ON "user"
    FOR EACH ROW WHEN (OLD."password_hash" IS DISTINCT FROM NEW."password_hash") EXECUTE FUNCTION "grow_key_epoch"();
