-- What transfers add up to, up to one of them: a check of the ledger reads only those behind it.
CREATE TABLE "ledger_fold" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "up_to" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    "transfers" BIGINT NOT NULL DEFAULT 0,
    "begun_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "ledger_fold_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ledger_fold_id_check" CHECK ("id" = 1)
);
INSERT INTO "ledger_fold" DEFAULT VALUES;
CREATE TABLE "ledger_fold_account" (
    "account_id" UUID NOT NULL,
    "folded" NUMERIC NOT NULL,
    CONSTRAINT "ledger_fold_account_pkey" PRIMARY KEY ("account_id")
);
