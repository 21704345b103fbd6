// Tests of FunctionTypes.
