-- Every privileged change, in the transaction of the change. Each entry's hash binds it to all entries before it.
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "organization_id" UUID,
    "actor_user_id" UUID,
    "actor_key_id" UUID,
    "actor_peer" TEXT,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "request_id" TEXT,
    "details" JSONB NOT NULL,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_entry_hash_is_sha256" CHECK (octet_length("hash") = 32 AND octet_length("prev_hash") = 32)
);

CREATE UNIQUE INDEX "audit_entry_sequence_key" ON "audit_entry"("sequence");
CREATE INDEX "audit_entry_subject_type_subject_id_idx" ON "audit_entry"("subject_type", "subject_id");

-- The number and the hash of the last entry. It moves by one with each entry, so that a deletion at the end is found.
CREATE TABLE "audit_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_head_is_one_row" CHECK ("id" = 1),
    CONSTRAINT "audit_head_hash_is_sha256" CHECK (octet_length("hash") = 32)
);

INSERT INTO "audit_head" ("id", "sequence", "hash") VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER "audit_entry_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

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
