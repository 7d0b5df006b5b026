-- The requests of one organisation, newest first.
CREATE INDEX "charge_org_id_request_id_idx" ON "charge" ("org_id", "request_id");
