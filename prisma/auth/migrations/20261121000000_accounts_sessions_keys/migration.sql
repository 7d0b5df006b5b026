CREATE TYPE "role" AS ENUM ('admin', 'owner', 'member');

CREATE TABLE "organization" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "user_email_is_lower_case" CHECK ("email" = lower("email")),
    CONSTRAINT "user_password_is_argon2id" CHECK ("password_hash" LIKE '$argon2id$%')
);

CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "session_end_has_a_reason" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL)),
    CONSTRAINT "session_end_reason_is_known" CHECK ("end_reason" IN ('logged_out', 'token_reused'))
);

CREATE TABLE "refresh_token" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "child_sealed" BYTEA,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "refresh_token_hash_is_sha256" CHECK (octet_length("token_hash") = 32),
    CONSTRAINT "refresh_token_generation_is_bounded" CHECK ("generation" BETWEEN 1 AND 10000),
    CONSTRAINT "refresh_token_child_needs_use" CHECK ("child_sealed" IS NULL OR "used_at" IS NOT NULL)
);

CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "key_hmac" BYTEA NOT NULL,
    "pepper_version" TEXT NOT NULL,
    "sealed_sha256" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "last_4" TEXT NOT NULL,
    "scopes" TEXT[],
    "models" JSONB,
    "allowed_ips" JSONB,
    "limits" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "replaced_by_id" UUID,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_key_hmac_is_sha256" CHECK (octet_length("key_hmac") = 32),
    CONSTRAINT "api_key_has_scopes" CHECK (cardinality("scopes") BETWEEN 1 AND 32),
    CONSTRAINT "api_key_never_replaces_itself" CHECK ("replaced_by_id" <> "id")
);

CREATE TABLE "key_epoch" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" BIGINT NOT NULL,

    CONSTRAINT "key_epoch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "key_epoch_is_one_row" CHECK ("id" = 1),
    CONSTRAINT "key_epoch_is_not_negative" CHECK ("epoch" >= 0)
);

INSERT INTO "key_epoch" ("id", "epoch") VALUES (1, 0);

CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "organization_id" UUID NOT NULL,
    "actor_user_id" UUID,
    "actor_key_id" UUID,
    "action" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "request_id" TEXT,
    "details" JSONB NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "user_email_key" ON "user"("email");
CREATE INDEX "user_organization_id_idx" ON "user"("organization_id");
CREATE INDEX "session_user_id_created_at_idx" ON "session"("user_id", "created_at");
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");
CREATE UNIQUE INDEX "refresh_token_token_hash_key" ON "refresh_token"("token_hash");
CREATE UNIQUE INDEX "refresh_token_session_id_generation_key" ON "refresh_token"("session_id", "generation");
CREATE UNIQUE INDEX "api_key_key_hmac_key" ON "api_key"("key_hmac");
CREATE UNIQUE INDEX "api_key_replaced_by_id_key" ON "api_key"("replaced_by_id");
CREATE INDEX "api_key_organization_id_id_idx" ON "api_key"("organization_id", "id");
CREATE INDEX "api_key_user_id_idx" ON "api_key"("user_id");
CREATE INDEX "audit_entry_organization_id_id_idx" ON "audit_entry"("organization_id", "id");

ALTER TABLE "user" ADD CONSTRAINT "user_organization_id_fkey"
    FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey"
    FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey"
    FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organization_id_fkey"
    FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_user_id_fkey"
    FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_replaced_by_id_fkey"
    FOREIGN KEY ("replaced_by_id") REFERENCES "api_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The epoch grows with whatever changes what a key may do, also where an operator changes it by hand: gateways poll it to
-- learn of a change whose message was lost.
CREATE FUNCTION "grow_key_epoch"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "key_epoch" SET "epoch" = "epoch" + 1 WHERE "id" = 1;
    RETURN NULL;
END
$$;

CREATE TRIGGER "api_key_grows_epoch" AFTER INSERT OR UPDATE OR DELETE ON "api_key"
    FOR EACH ROW EXECUTE FUNCTION "grow_key_epoch"();
CREATE TRIGGER "role_change_grows_epoch" AFTER UPDATE OF "role" ON "user"
    FOR EACH ROW WHEN (OLD."role" IS DISTINCT FROM NEW."role") EXECUTE FUNCTION "grow_key_epoch"();

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER "audit_entry_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

CREATE FUNCTION "refuse_smaller_epoch"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW."epoch" <= OLD."epoch" THEN
        RAISE EXCEPTION 'key_epoch only grows';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER "key_epoch_only_grows" BEFORE UPDATE OR DELETE ON "key_epoch"
    FOR EACH ROW EXECUTE FUNCTION "refuse_smaller_epoch"();
