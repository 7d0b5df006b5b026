ALTER TABLE "bulk_row" ADD COLUMN "key_sealed" BYTEA;
