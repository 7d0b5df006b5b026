ALTER TABLE "organization" ADD COLUMN "privacy" JSONB;

-- It changes what every key of the organisation may do.
CREATE TRIGGER "privacy_change_grows_epoch" AFTER UPDATE OF "privacy" ON "organization"
    FOR EACH ROW WHEN (OLD."privacy" IS DISTINCT FROM NEW."privacy") EXECUTE FUNCTION "grow_key_epoch"();
