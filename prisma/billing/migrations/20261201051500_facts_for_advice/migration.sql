-- What advice needs of a request: how it was answered, and by what equal requests are recognised.
ALTER TABLE "charge" ADD COLUMN "is_streamed" BOOLEAN, ADD COLUMN "body_hash" TEXT, ADD COLUMN "prefix_hash" TEXT,
  ADD COLUMN "prefix_permille" SMALLINT;
