CREATE TABLE "security_event" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "type" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL,
    "details" JSONB NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "security_event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "security_event_type_subject_id_day_key" ON "security_event"("type", "subject_id", "day");
CREATE INDEX "security_event_organization_id_id_idx" ON "security_event"("organization_id", "id");

CREATE TABLE "key_use" (
    "key_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "addresses" TEXT[],
    "first_used_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_use_pkey" PRIMARY KEY ("key_id")
);
CREATE INDEX "key_use_organization_id_idx" ON "key_use"("organization_id");
