-- Callers whose open answers are to end (`kill=true`). Gateways read them every few seconds, in case the message was lost.
CREATE TABLE "cut_order" (
    "id" UUID NOT NULL,
    "cut" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "cut_order_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "cut_order_created_at_idx" ON "cut_order" ("created_at");
