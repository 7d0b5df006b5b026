CREATE INDEX "model_price_created_at_idx" ON "model_price"("created_at");
