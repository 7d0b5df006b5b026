-- A statement reads what one organisation has drawn of given credit, and its corrections, not those of all.
CREATE INDEX "transfer_promotional_drawn_idx" ON "transfer" ("debit_account", "id") WHERE "reason" = 'promotional_drawn';
CREATE INDEX "usage_correction_org_id_request_id_idx" ON "usage_correction" ("org_id", "request_id");
