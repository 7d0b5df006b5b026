-- The API key that made the key; null if a user with an access token did, and for keys from before this column.
ALTER TABLE "api_key" ADD COLUMN "created_by_key_id" UUID;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_created_by_key_id_fkey"
    FOREIGN KEY ("created_by_key_id") REFERENCES "api_key"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_never_makes_itself" CHECK ("created_by_key_id" <> "id");
CREATE INDEX "api_key_created_by_key_id_idx" ON "api_key"("created_by_key_id");
