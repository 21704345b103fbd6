// Tests of LedgerCore.
