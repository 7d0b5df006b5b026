-- Accounts and the transfers between them.
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "org_id" UUID,
    "kind" TEXT NOT NULL,
    "balance" BIGINT NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "account_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'revenue', 'cash_clearing', 'promo', 'platform_loss')),
    CONSTRAINT "account_owner_check" CHECK (("kind" IN ('available', 'leased')) = ("org_id" IS NOT NULL)),
    CONSTRAINT "account_balance_check" CHECK ("kind" NOT IN ('available', 'leased') OR "balance" >= 0)
);
-- The platform's accounts have no organisation, and yet each exists once.
CREATE UNIQUE INDEX "account_org_id_kind_key" ON "account" ("org_id", "kind") NULLS NOT DISTINCT;

-- Their ids sort behind every other, so the busiest rows are locked last and held shortest.
INSERT INTO "account" ("id", "kind") VALUES
    ('ffffffff-ffff-4fff-bfff-fffffffffff1', 'revenue'),
    ('ffffffff-ffff-4fff-bfff-fffffffffff2', 'cash_clearing'),
    ('ffffffff-ffff-4fff-bfff-fffffffffff3', 'promo'),
    ('ffffffff-ffff-4fff-bfff-fffffffffff4', 'platform_loss');

CREATE TABLE "transfer" (
    "id" UUID NOT NULL,
    "debit_account" UUID NOT NULL,
    "credit_account" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "request_id" UUID,
    "lease_id" UUID,
    "reference" UUID,
    "description" TEXT NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "transfer_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "transfer_amount_check" CHECK ("amount" > 0),
    CONSTRAINT "transfer_sides_check" CHECK ("debit_account" <> "credit_account"),
    CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'top_up', 'sign_up_credit', 'adjustment')),
    CONSTRAINT "transfer_debit_account_fkey" FOREIGN KEY ("debit_account") REFERENCES "account" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "transfer_credit_account_fkey" FOREIGN KEY ("credit_account") REFERENCES "account" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "transfer_request_id_idx" ON "transfer" ("request_id");

CREATE TABLE "statement_line" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "request_id" UUID,
    "description" TEXT NOT NULL,
    "actor_org_id" UUID,
    "idempotency_key" TEXT,
    "body_hash" BYTEA,
    CONSTRAINT "statement_line_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "statement_line_type_check" CHECK ("type" IN ('charge', 'top_up', 'sign_up_credit', 'adjustment')),
    CONSTRAINT "statement_line_amount_check" CHECK ("amount" <> 0),
    CONSTRAINT "statement_line_request_check" CHECK (("type" = 'charge') = ("request_id" IS NOT NULL))
);
CREATE UNIQUE INDEX "statement_line_actor_org_id_idempotency_key_key" ON "statement_line" ("actor_org_id", "idempotency_key");
-- A second wall behind the charge's primary key: nothing is charged twice for one request.
CREATE UNIQUE INDEX "statement_line_request_id_key" ON "statement_line" ("request_id");
CREATE INDEX "statement_line_org_id_id_idx" ON "statement_line" ("org_id", "id" DESC);

-- What has been written of money stays written; it is corrected by new rows alone.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "transfer_append_only" BEFORE UPDATE OR DELETE ON "transfer"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "transfer_no_truncate" BEFORE TRUNCATE ON "transfer"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "statement_line_append_only" BEFORE UPDATE OR DELETE ON "statement_line"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "statement_line_no_truncate" BEFORE TRUNCATE ON "statement_line"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Usage that came in.
CREATE TABLE "charge" (
    "request_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "org_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "key_id" UUID,
    "operation" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "usage" JSONB NOT NULL,
    "price" JSONB NOT NULL,
    "amount" BIGINT NOT NULL,
    "estimated" BOOLEAN NOT NULL,
    "outcome" TEXT NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "posted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "charge_pkey" PRIMARY KEY ("request_id"),
    CONSTRAINT "charge_amount_check" CHECK ("amount" >= 0),
    CONSTRAINT "charge_outcome_check" CHECK ("outcome" IN ('completed', 'aborted', 'failed', 'void')),
    CONSTRAINT "charge_void_check" CHECK ("outcome" <> 'void' OR "amount" = 0)
);

CREATE TABLE "inbox" (
    "event_id" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "outcome" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id"),
    CONSTRAINT "inbox_outcome_check" CHECK ("outcome" IN ('settled', 'quarantined'))
);

CREATE TABLE "quarantine" (
    "id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "reason" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "quarantine_event_id_body_hash_reason_key" ON "quarantine" ("event_id", "body_hash", "reason");

-- The records of a spool that are missing while later ones are here.
CREATE FUNCTION "spool_holes"("seen" int8multirange) RETURNS int8multirange LANGUAGE sql IMMUTABLE
    AS $$ SELECT int8multirange(int8range(1, upper(seen))) - seen $$;
-- Bounded: with more than a thousand pieces the holes, long since alerted, are given up.
CREATE FUNCTION "spool_add"("seen" int8multirange, "arrived" int8multirange) RETURNS int8multirange LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN (SELECT count(*) FROM unnest(seen + arrived)) <= 1000 THEN seen + arrived
                      ELSE int8multirange(int8range(1, upper(seen + arrived))) END $$;
CREATE TABLE "spool_watermark" (
    "spool_id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "seen" int8multirange NOT NULL,
    "contiguous" BIGINT NOT NULL,
    "max_seen" BIGINT NOT NULL,
    "gap_since" TIMESTAMPTZ(6),
    "gap_alerted_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "spool_watermark_pkey" PRIMARY KEY ("spool_id", "epoch")
);
CREATE INDEX "spool_watermark_gap_idx" ON "spool_watermark" ("gap_since") WHERE "gap_since" IS NOT NULL;

-- News that goes out.
CREATE TABLE "outbox" (
    "position" BIGSERIAL NOT NULL,
    "org_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "outbox_pkey" PRIMARY KEY ("position")
);

-- Money at the counter store.
CREATE TABLE "lease" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "epoch" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "granted_at" TIMESTAMPTZ(6),
    "stranded_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    CONSTRAINT "lease_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "lease_amount_check" CHECK ("amount" > 0),
    CONSTRAINT "lease_status_check" CHECK ("status" IN ('pending', 'granted', 'stranded', 'closed'))
);
CREATE INDEX "lease_open_idx" ON "lease" ("org_id", "created_at" DESC, "id" DESC) WHERE "status" <> 'closed';
CREATE INDEX "lease_pending_idx" ON "lease" ("created_at") WHERE "status" = 'pending';
CREATE INDEX "lease_granted_idx" ON "lease" ("granted_at") WHERE "status" = 'granted';
CREATE INDEX "lease_stranded_idx" ON "lease" ("stranded_at") WHERE "status" = 'stranded';

CREATE TABLE "store_epoch" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "epoch" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "store_epoch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "store_epoch_one_row_check" CHECK ("id" = 1)
);
