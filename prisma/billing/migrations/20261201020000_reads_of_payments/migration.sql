-- When a payment provider is asked what became of a payment whose webhook did not come.
ALTER TABLE "payment" ADD COLUMN "checkout_reference" TEXT, ADD COLUMN "next_read_at" TIMESTAMPTZ(3), ADD COLUMN "read_at" TIMESTAMPTZ(3);
CREATE INDEX "payment_unfinished_idx" ON "payment" ("created_at") WHERE "status" IN ('created', 'open', 'processing');
