-- CreateTable
CREATE TABLE "quarantine_decision" (
    "id" UUID NOT NULL,
    "result" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quarantine_decision_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "quarantine_decision" ADD CONSTRAINT "quarantine_decision_id_fkey" FOREIGN KEY ("id") REFERENCES "quarantine"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A decision is one of these, and stays.
ALTER TABLE "quarantine_decision" ADD CONSTRAINT "quarantine_decision_result" CHECK ("result" IN ('replayed', 'dropped'));
CREATE TRIGGER "quarantine_decision_append_only" BEFORE UPDATE OR DELETE ON "quarantine_decision" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "quarantine_decision_no_truncate" BEFORE TRUNCATE ON "quarantine_decision" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
