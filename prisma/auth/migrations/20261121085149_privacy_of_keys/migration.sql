ALTER TABLE "api_key" ADD COLUMN "privacy" JSONB;
