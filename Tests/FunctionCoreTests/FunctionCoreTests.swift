// Tests of FunctionCore.
