-- Each entry's hash binds it to all entries before it; packages/database/src/audit computes the same.
ALTER TABLE "audit_entry"
    ALTER COLUMN "subject_id" TYPE TEXT,
    ADD COLUMN "sequence" BIGINT,
    ADD COLUMN "actor_peer" TEXT,
    ADD COLUMN "prev_hash" BYTEA,
    ADD COLUMN "hash" BYTEA;

-- The number and the hash of the last entry. It moves by one with each entry, so that a deletion at the end is found.
CREATE TABLE "audit_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_head_is_one_row" CHECK ("id" = 1),
    CONSTRAINT "audit_head_hash_is_sha256" CHECK (octet_length("hash") = 32)
);

ALTER TABLE "audit_entry" DISABLE TRIGGER "audit_entry_is_append_only";
DO $$
DECLARE
    entry "audit_entry"%ROWTYPE;
    place BIGINT := 0;
    previous BYTEA := decode(repeat('00', 32), 'hex');
    present BYTEA;
BEGIN
    FOR entry IN SELECT * FROM "audit_entry" ORDER BY "id" LOOP
        place := place + 1;
        present := sha256(previous || convert_to(jsonb_build_array(
            place::text, entry."id"::text, to_char(entry."time" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            entry."organization_id"::text, entry."actor_user_id"::text, entry."actor_key_id"::text, entry."actor_peer",
            entry."action", entry."subject_type", entry."subject_id", entry."request_id", entry."details"
        )::text, 'UTF8'));
        UPDATE "audit_entry" SET "sequence" = place, "prev_hash" = previous, "hash" = present WHERE "id" = entry."id";
        previous := present;
    END LOOP;
    INSERT INTO "audit_head" ("id", "sequence", "hash") VALUES (1, place, previous);
END
$$;
ALTER TABLE "audit_entry" ENABLE TRIGGER "audit_entry_is_append_only";

ALTER TABLE "audit_entry"
    ALTER COLUMN "sequence" SET NOT NULL,
    ALTER COLUMN "prev_hash" SET NOT NULL,
    ALTER COLUMN "hash" SET NOT NULL,
    ADD CONSTRAINT "audit_entry_hash_is_sha256" CHECK (octet_length("hash") = 32 AND octet_length("prev_hash") = 32);
CREATE UNIQUE INDEX "audit_entry_sequence_key" ON "audit_entry"("sequence");
CREATE INDEX "audit_entry_subject_type_subject_id_idx" ON "audit_entry"("subject_type", "subject_id");

CREATE FUNCTION "refuse_audit_head_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW."sequence" <> OLD."sequence" + 1 THEN
        RAISE EXCEPTION 'audit_head moves by one entry';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER "audit_head_moves_by_one" BEFORE UPDATE OR DELETE ON "audit_head"
    FOR EACH ROW EXECUTE FUNCTION "refuse_audit_head_change"();
CREATE TRIGGER "audit_head_is_kept" BEFORE TRUNCATE ON "audit_head"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_head_change"();
