-- The request that an event ends: the ledger charges a request once, so it is counted once. Null for an attempt that cost
-- nothing and was not the end, and for events of before.
ALTER TABLE "inbox" ADD COLUMN "request_id" UUID;
CREATE UNIQUE INDEX "inbox_request_id_key" ON "inbox" ("request_id");
