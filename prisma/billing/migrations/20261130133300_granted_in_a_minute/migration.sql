-- What an organisation was granted in the present minute: leases, and holds of the ledger.
CREATE TABLE "minute_grant" (
    "org_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(6) NOT NULL,
    "granted" BIGINT NOT NULL,
    CONSTRAINT "minute_grant_pkey" PRIMARY KEY ("org_id")
);
