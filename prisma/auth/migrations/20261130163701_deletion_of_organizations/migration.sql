-- When an owner's wish to delete the organisation is carried out, and when it was.
ALTER TABLE "organization" ADD COLUMN "delete_at" TIMESTAMPTZ(3), ADD COLUMN "deleted_at" TIMESTAMPTZ(3);
CREATE INDEX "organization_delete_at_idx" ON "organization"("delete_at") WHERE "deleted_at" IS NULL;

-- Its API keys stop working at once.
CREATE TRIGGER "deletion_grows_epoch" AFTER UPDATE OF "delete_at" ON "organization"
    FOR EACH ROW WHEN (OLD."delete_at" IS DISTINCT FROM NEW."delete_at") EXECUTE FUNCTION "grow_key_epoch"();
