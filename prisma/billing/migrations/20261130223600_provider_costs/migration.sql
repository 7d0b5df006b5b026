-- What providers say that a day cost, for the check R3. A later import of a day replaces the earlier one.
CREATE TABLE "provider_cost" (
    "provider" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "cost" BIGINT NOT NULL,
    "records" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "provider_cost_pkey" PRIMARY KEY ("provider", "day"),
    CONSTRAINT "provider_cost_cost_check" CHECK ("cost" >= 0)
);
