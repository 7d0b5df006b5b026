-- AlterTable
ALTER TABLE "team" ADD COLUMN     "external_id" TEXT;

-- CreateTable
CREATE TABLE "scim_token" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hmac" BYTEA NOT NULL,
    "last_4" TEXT NOT NULL,
    "role" "member_role" NOT NULL,
    "hand_keys_to" UUID,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "scim_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scim_user" (
    "organization_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "external_id" TEXT,
    "user_name" TEXT NOT NULL,
    "user_name_key" TEXT NOT NULL,
    "given_name" TEXT,
    "family_name" TEXT,
    "is_active" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "scim_user_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "scim_token_token_hmac_key" ON "scim_token"("token_hmac");

-- CreateIndex
CREATE INDEX "scim_token_organization_id_idx" ON "scim_token"("organization_id");

-- CreateIndex
CREATE INDEX "scim_user_organization_id_external_id_idx" ON "scim_user"("organization_id", "external_id");

-- CreateIndex
CREATE INDEX "scim_user_user_id_idx" ON "scim_user"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "scim_user_organization_id_user_name_key_key" ON "scim_user"("organization_id", "user_name_key");

-- AddForeignKey
ALTER TABLE "scim_token" ADD CONSTRAINT "scim_token_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scim_user" ADD CONSTRAINT "scim_user_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scim_user" ADD CONSTRAINT "scim_user_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
