-- Why requests were rejected before any provider saw them, for some days: a sample, and no proof of anything.
CREATE TABLE "rejected_request" (
    "request_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "code" TEXT NOT NULL,
    "param" TEXT,
    "message" TEXT NOT NULL,
    CONSTRAINT "rejected_request_pkey" PRIMARY KEY ("request_id")
);
CREATE INDEX "rejected_request_time_idx" ON "rejected_request" ("time");
