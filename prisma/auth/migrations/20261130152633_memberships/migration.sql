CREATE TYPE "member_role" AS ENUM ('owner', 'admin', 'billing', 'developer', 'viewer');

CREATE TYPE "team_role" AS ENUM ('lead', 'member');

ALTER TABLE "api_key" ADD COLUMN "team_id" UUID;

ALTER TABLE "session" ADD COLUMN "organization_id" UUID;

ALTER TABLE "user" ADD COLUMN "is_operator" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "is_service_account" BOOLEAN NOT NULL DEFAULT false,
ALTER COLUMN "email" DROP NOT NULL,
ALTER COLUMN "password_hash" DROP NOT NULL;

CREATE TABLE "membership" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "member_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("organization_id","user_id")
);

CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "models" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "team_member" (
    "team_id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "team_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "team_member_pkey" PRIMARY KEY ("team_id","user_id")
);
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");
CREATE UNIQUE INDEX "team_organization_id_name_key" ON "team"("organization_id", "name");
CREATE UNIQUE INDEX "team_organization_id_id_key" ON "team"("organization_id", "id");
CREATE INDEX "team_member_organization_id_user_id_idx" ON "team_member"("organization_id", "user_id");
CREATE INDEX "api_key_team_id_idx" ON "api_key"("team_id");
CREATE INDEX "session_organization_id_idx" ON "session"("organization_id");
ALTER TABLE "membership" ADD CONSTRAINT "membership_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "team" ADD CONSTRAINT "team_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_organization_id_team_id_fkey" FOREIGN KEY ("organization_id", "team_id") REFERENCES "team"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session" ADD CONSTRAINT "session_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "user" ADD CONSTRAINT "user_person_has_an_email" CHECK ("is_service_account" = ("email" IS NULL));
ALTER TABLE "user" ADD CONSTRAINT "user_service_account_has_no_password"
    CHECK (NOT "is_service_account" OR ("password_hash" IS NULL AND NOT "is_operator"));

-- Before, a user had one organisation, and `admin` ran the installation from an organisation that was its own.
CREATE FUNCTION "to_member_role"("role") RETURNS "member_role" LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE $1 WHEN 'member' THEN 'developer'::"member_role" ELSE 'owner'::"member_role" END
$$;
INSERT INTO "membership" ("organization_id", "user_id", "role", "created_at")
    SELECT "organization_id", "id", "to_member_role"("role"), "created_at" FROM "user";
UPDATE "user" SET "is_operator" = true WHERE "role" = 'admin';
UPDATE "session" SET "organization_id" = "user"."organization_id" FROM "user" WHERE "user"."id" = "session"."user_id";

-- A process of the version before knows no memberships. While both versions run, the users that it makes get theirs here.
CREATE FUNCTION "add_first_membership"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "membership" ("organization_id", "user_id", "role", "created_at")
        VALUES (NEW."organization_id", NEW."id", "to_member_role"(NEW."role"), NEW."created_at")
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER "user_has_a_first_membership" AFTER INSERT ON "user"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "add_first_membership"();

-- Each of them takes something from a key or a session. What only adds is found by the next verdict.
CREATE TRIGGER "membership_grows_epoch" AFTER UPDATE OR DELETE ON "membership"
    FOR EACH ROW EXECUTE FUNCTION "grow_key_epoch"();
CREATE TRIGGER "team_member_grows_epoch" AFTER UPDATE OR DELETE ON "team_member"
    FOR EACH ROW EXECUTE FUNCTION "grow_key_epoch"();
CREATE TRIGGER "team_models_grow_epoch" AFTER UPDATE OF "models" ON "team"
    FOR EACH ROW WHEN (OLD."models" IS DISTINCT FROM NEW."models") EXECUTE FUNCTION "grow_key_epoch"();
CREATE TRIGGER "operator_change_grows_epoch" AFTER UPDATE OF "is_operator" ON "user"
    FOR EACH ROW WHEN (OLD."is_operator" IS DISTINCT FROM NEW."is_operator") EXECUTE FUNCTION "grow_key_epoch"();
