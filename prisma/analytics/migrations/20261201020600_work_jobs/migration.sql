-- CreateTable
CREATE TABLE "work_job" (
    "id" UUID NOT NULL,
    "queue" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "body" BYTEA,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "reason" TEXT,

    CONSTRAINT "work_job_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "work_job_queue_state_due_at_idx" ON "work_job"("queue", "state", "due_at");

-- CreateIndex
CREATE INDEX "work_job_queue_state_tenant_idx" ON "work_job"("queue", "state", "tenant");

-- CreateIndex
CREATE UNIQUE INDEX "work_job_queue_key_key" ON "work_job"("queue", "key");

-- A job that waits, or that was given up and may be replayed, has its body; one that is done has none.
ALTER TABLE "work_job" ADD CONSTRAINT "work_job_state_and_body" CHECK (
    ("state" IN ('waiting', 'dead') AND "body" IS NOT NULL) OR ("state" = 'done' AND "body" IS NULL)
);
