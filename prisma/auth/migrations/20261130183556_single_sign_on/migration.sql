-- CreateTable
CREATE TABLE "sso_provider" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "secret_sealed" BYTEA,
    "scopes" TEXT[],
    "organization_id" UUID NOT NULL,
    "domains" TEXT[],
    "is_enforced" BOOLEAN NOT NULL,
    "is_listed" BOOLEAN NOT NULL,
    "creates_users" BOOLEAN NOT NULL,
    "is_email_trusted" BOOLEAN NOT NULL,
    "is_for_operators" BOOLEAN NOT NULL,
    "default_role" "member_role",
    "mapping" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sso_provider_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sso_identity" (
    "provider_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sso_identity_pkey" PRIMARY KEY ("provider_id","subject")
);

-- CreateTable
CREATE TABLE "sso_login" (
    "state_hash" BYTEA NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "browser_hash" BYTEA NOT NULL,
    "provider_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sso_login_pkey" PRIMARY KEY ("state_hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "sso_provider_name_key" ON "sso_provider"("name");

-- CreateIndex
CREATE INDEX "sso_provider_organization_id_idx" ON "sso_provider"("organization_id");

-- CreateIndex
CREATE INDEX "sso_identity_user_id_idx" ON "sso_identity"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sso_login_code_hash_key" ON "sso_login"("code_hash");

-- CreateIndex
CREATE INDEX "sso_login_expires_at_idx" ON "sso_login"("expires_at");

-- CreateIndex
CREATE INDEX "sso_login_provider_id_idx" ON "sso_login"("provider_id");

-- CreateIndex
CREATE INDEX "sso_login_user_id_idx" ON "sso_login"("user_id");

-- AddForeignKey
ALTER TABLE "sso_provider" ADD CONSTRAINT "sso_provider_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sso_identity" ADD CONSTRAINT "sso_identity_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "sso_provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sso_identity" ADD CONSTRAINT "sso_identity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sso_login" ADD CONSTRAINT "sso_login_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "sso_provider"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sso_login" ADD CONSTRAINT "sso_login_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "sso_login" ADD CONSTRAINT "sso_login_hashes_are_sha256"
    CHECK (octet_length("state_hash") = 32 AND octet_length("code_hash") = 32 AND octet_length("browser_hash") = 32);
