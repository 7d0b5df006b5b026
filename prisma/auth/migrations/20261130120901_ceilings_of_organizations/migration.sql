-- Ceilings that the operator set for one organisation; null if the installation's apply.
ALTER TABLE "organization" ADD COLUMN "ceilings" JSONB;

-- It changes the limits of every key and session of the organisation.
CREATE TRIGGER "ceilings_change_grows_epoch" AFTER UPDATE OF "ceilings" ON "organization"
    FOR EACH ROW WHEN (OLD."ceilings" IS DISTINCT FROM NEW."ceilings") EXECUTE FUNCTION "grow_key_epoch"();
