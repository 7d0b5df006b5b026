-- 'imageOut' was the price of a token of a picture or of a whole picture. A whole picture has the component 'images' now.
-- No token costs $1,000 a million (10^9 pico-USD): such a price of a model that makes pictures only is that of a picture.
-- Prices never change, so the model gets a new version, and old charges keep theirs.
INSERT INTO "model_price" ("version", "rates", "source")
SELECT DISTINCT
    left("old"."version", 75) || '~' || right("old"."version", 16) || '~pic',
    ("old"."rates" - 'imageOut') || jsonb_build_object('images', "old"."rates" -> 'imageOut'),
    "old"."source"
FROM "model"
    JOIN "model_price" "old" ON "old"."version" = "model"."price_version"
WHERE "model"."operations" = ARRAY['images.generations']
    AND NOT "old"."rates" ? 'images'
    AND ("old"."rates" ->> 'imageOut')::numeric >= 1000000000
ON CONFLICT ("version") DO NOTHING;

UPDATE "model" SET "price_version" = left("old"."version", 75) || '~' || right("old"."version", 16) || '~pic'
FROM "model_price" "old"
WHERE "old"."version" = "model"."price_version"
    AND "model"."operations" = ARRAY['images.generations']
    AND NOT "old"."rates" ? 'images'
    AND ("old"."rates" ->> 'imageOut')::numeric >= 1000000000;
