-- What the provider is asked to return, in the smallest units of the payment's currency. Null for refunds of earlier releases.
ALTER TABLE "payment_refund" ADD COLUMN "minor_units" BIGINT;
