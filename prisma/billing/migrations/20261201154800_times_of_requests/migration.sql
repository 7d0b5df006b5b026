-- How long a request took, and whether the answer cache answered it.
ALTER TABLE "charge" ADD COLUMN "latency_ms" INTEGER, ADD COLUMN "ttft_ms" INTEGER, ADD COLUMN "cache" TEXT;
