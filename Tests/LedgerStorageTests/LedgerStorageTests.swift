// Tests of LedgerStorage.
