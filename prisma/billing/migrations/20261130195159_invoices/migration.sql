-- Invoices and credit notes.
CREATE TABLE "billing_profile" (
    "org_id" UUID NOT NULL,
    "body" JSONB NOT NULL,
    CONSTRAINT "billing_profile_pkey" PRIMARY KEY ("org_id")
);
CREATE TABLE "legal_entity" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "body" JSONB NOT NULL,
    "next_number" BIGINT NOT NULL DEFAULT 1,
    CONSTRAINT "legal_entity_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "legal_entity_id_check" CHECK ("id" = 1)
);
CREATE TABLE "invoice" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "org_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "invoice_id" UUID,
    "reason_key" TEXT,
    "total_cents" BIGINT NOT NULL,
    "body" JSONB NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "invoice_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "invoice_check" CHECK ("total_cents" > 0 AND "kind" IN ('invoice', 'credit_note')
        AND ("kind" = 'credit_note') = ("invoice_id" IS NOT NULL) AND ("kind" = 'credit_note') = ("reason_key" IS NOT NULL))
);
CREATE UNIQUE INDEX "invoice_number_key" ON "invoice" ("number");
CREATE UNIQUE INDEX "invoice_invoice_id_reason_key_key" ON "invoice" ("invoice_id", "reason_key");
CREATE INDEX "invoice_org_id_id_idx" ON "invoice" ("org_id", "id" DESC);
-- One invoice for a month.
CREATE UNIQUE INDEX "invoice_month_key" ON "invoice" ("org_id", "period") WHERE "kind" = 'invoice';
CREATE TABLE "invoice_progress" (
    "org_id" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "carried" BIGINT NOT NULL,
    CONSTRAINT "invoice_progress_pkey" PRIMARY KEY ("org_id")
);
CREATE TRIGGER "invoice_append_only" BEFORE UPDATE OR DELETE ON "invoice"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "invoice_no_truncate" BEFORE TRUNCATE ON "invoice"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
