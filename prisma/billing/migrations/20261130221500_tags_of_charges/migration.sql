-- Tags of the request, and the team of its key, as its usage event has them.
ALTER TABLE "charge" ADD COLUMN "tags" JSONB, ADD COLUMN "team_id" UUID;
