// Tests of OrderingCore.
