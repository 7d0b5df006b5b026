-- The sets of tags that have rows of their own in usage_detail, so many per organisation and hour at most.
CREATE TABLE "usage_tag_set" (
    "org_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "tags_hash" BYTEA NOT NULL,
    CONSTRAINT "usage_tag_set_pkey" PRIMARY KEY ("org_id", "hour", "tags_hash")
);

INSERT INTO "usage_tag_set" SELECT DISTINCT "org_id", "hour", "tags_hash" FROM "usage_detail" WHERE "tags" <> '{}';
