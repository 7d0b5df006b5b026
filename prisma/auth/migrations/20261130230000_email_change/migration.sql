ALTER TYPE "email_purpose" ADD VALUE 'email_change';
ALTER TABLE "email_token" ADD COLUMN "new_email" TEXT;
