-- Locks organisations, their payers and accounts of the platform, and returns their accounts as JSON: one value, since thousands of
-- rows cost their reader more. One row stands for all accounts of an organisation: `available`, which each organisation has. Rows are
-- locked in the order of their ids. A change of a payer takes the first lock alone, so no payer comes while a statement waits for
-- rows: that payer would be locked behind others, out of the order.
-- Joins with `unnest` have one good plan for one organisation and for a thousand.
CREATE FUNCTION "lock_accounts"("org_ids" UUID[], "platform_ids" UUID[]) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    "owners" UUID[];
    "rows" UUID[];
    "found" TEXT;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('change of a payer'));
    -- Each statement sees what was committed before it began: payers behind the first lock, balances behind those of the rows.
    "owners" := ARRAY(
        SELECT unnest("org_ids") UNION
        SELECT "payer_id" FROM unnest("org_ids") AS "wanted" ("org_id") JOIN "account" USING ("org_id") WHERE "payer_id" IS NOT NULL);
    "rows" := "platform_ids" || ARRAY(
        SELECT "id" FROM unnest("owners") AS "wanted" ("org_id") JOIN "account" USING ("org_id") WHERE "kind" = 'available');
    PERFORM FROM unnest("rows") AS "wanted" ("id") JOIN "account" USING ("id") ORDER BY "id" FOR NO KEY UPDATE OF "account";
    SELECT json_agg(json_build_array("id", "org_id", "payer_id", "kind", "balance"::text, "debited"::text))::text
    INTO "found" FROM unnest("owners") AS "wanted" ("org_id") JOIN "account" USING ("org_id");
    RETURN coalesce("found", '[]');
END
$$;
