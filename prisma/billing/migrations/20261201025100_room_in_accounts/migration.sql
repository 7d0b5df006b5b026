-- Room in each page for the next version of a balance: an update then touches no index.
ALTER TABLE "account" SET (fillfactor = 50);
