-- Money that came by bank, credit with an end, and the automatic top-up.
CREATE TABLE "bank_transfer" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "bank_reference" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "proposed_by" UUID NOT NULL,
    "decided_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    CONSTRAINT "bank_transfer_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bank_transfer_check" CHECK ("amount" > 0 AND "state" IN ('proposed', 'approved', 'rejected')
        AND ("state" = 'proposed') = ("decided_by" IS NULL)
        -- Never by one person alone.
        AND ("state" <> 'approved' OR "decided_by" <> "proposed_by"))
);
CREATE UNIQUE INDEX "bank_transfer_bank_reference_key" ON "bank_transfer" ("bank_reference");

CREATE TABLE "promotional_credit" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "description" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "granted_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "promotional_credit_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "promotional_credit_check" CHECK ("amount" > 0 AND "remaining" >= 0 AND "remaining" <= "amount")
);
CREATE UNIQUE INDEX "promotional_credit_idempotency_key_key" ON "promotional_credit" ("idempotency_key");
CREATE INDEX "promotional_credit_org_id_expires_at_idx" ON "promotional_credit" ("org_id", "expires_at");
CREATE INDEX "promotional_credit_left_idx" ON "promotional_credit" ("expires_at") WHERE "remaining" > 0;

CREATE TABLE "automatic_top_up" (
    "org_id" UUID NOT NULL,
    "threshold" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "day_max" BIGINT NOT NULL,
    "month_max" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "automatic_top_up_pkey" PRIMARY KEY ("org_id"),
    CONSTRAINT "automatic_top_up_check" CHECK ("threshold" > 0 AND "amount" > 0 AND "day_max" >= "amount"
        AND "month_max" >= "day_max" AND "state" IN ('active', 'suspended'))
);

CREATE FUNCTION "refuse_change_of_credit"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "is_allowed" BOOLEAN := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        CASE TG_TABLE_NAME
            WHEN 'bank_transfer' THEN "is_allowed" := OLD."state" = 'proposed'
                AND to_jsonb(NEW) - 'state' - 'decided_by' - 'decided_at' = to_jsonb(OLD) - 'state' - 'decided_by' - 'decided_at';
            WHEN 'promotional_credit' THEN "is_allowed" := NEW."remaining" <= OLD."remaining"
                AND to_jsonb(NEW) - 'remaining' = to_jsonb(OLD) - 'remaining';
            ELSE "is_allowed" := false;
        END CASE;
    END IF;
    IF "is_allowed" THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
DO $$
DECLARE
    "name" TEXT;
BEGIN
    FOREACH "name" IN ARRAY ARRAY['bank_transfer', 'promotional_credit'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_credit"()', "name" || '_append_only', "name");
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"()', "name" || '_no_truncate', "name");
    END LOOP;
END
$$;
