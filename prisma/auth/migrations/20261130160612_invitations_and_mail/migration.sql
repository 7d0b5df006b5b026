CREATE TYPE "email_purpose" AS ENUM ('verification', 'password_reset');

ALTER TABLE "user" ADD COLUMN "email_verified_at" TIMESTAMPTZ(3);

CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "member_role" NOT NULL,
    "team_id" UUID,
    "token_hash" BYTEA NOT NULL,
    "invited_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "email_token" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" "email_purpose" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_token_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "mail" (
    "id" UUID NOT NULL,
    "sealed" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");
CREATE INDEX "invitation_organization_id_id_idx" ON "invitation"("organization_id", "id");
CREATE INDEX "invitation_organization_id_email_idx" ON "invitation"("organization_id", "email");
CREATE INDEX "invitation_invited_by_id_idx" ON "invitation"("invited_by_id");
CREATE UNIQUE INDEX "email_token_token_hash_key" ON "email_token"("token_hash");
CREATE INDEX "email_token_user_id_purpose_created_at_idx" ON "email_token"("user_id", "purpose", "created_at");
CREATE INDEX "email_token_expires_at_idx" ON "email_token"("expires_at");
CREATE INDEX "mail_next_attempt_at_idx" ON "mail"("next_attempt_at");
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_invited_by_id_fkey" FOREIGN KEY ("invited_by_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "email_token" ADD CONSTRAINT "email_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "invitation" ADD CONSTRAINT "invitation_email_is_lower_case" CHECK ("email" = lower("email"));
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_token_is_sha256" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "email_token" ADD CONSTRAINT "email_token_is_sha256" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "mail" ADD CONSTRAINT "mail_is_sealed_until_it_is_done"
    CHECK (("sealed" IS NULL) = ("sent_at" IS NOT NULL OR "failed_at" IS NOT NULL));

-- An address that is written by the operator counts as its own.
UPDATE "user" SET "email_verified_at" = "created_at" WHERE "is_operator";
