// Tests of LogCore.
