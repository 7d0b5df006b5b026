-- CreateTable
CREATE TABLE "bulk_job" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "created_by_id" UUID NOT NULL,
    "is_by_operator" BOOLEAN NOT NULL,
    "is_dry_run" BOOLEAN NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_row" (
    "job_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "input" JSONB NOT NULL,
    "result" TEXT,
    "message" TEXT,

    CONSTRAINT "bulk_row_pkey" PRIMARY KEY ("job_id","number")
);

-- CreateIndex
CREATE INDEX "bulk_job_organization_id_id_idx" ON "bulk_job"("organization_id", "id");

-- CreateIndex
CREATE INDEX "bulk_job_finished_at_idx" ON "bulk_job"("finished_at");

-- AddForeignKey
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_row" ADD CONSTRAINT "bulk_row_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "bulk_job"("id") ON DELETE CASCADE ON UPDATE CASCADE;
