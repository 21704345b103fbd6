// Tests of LogStorage.
