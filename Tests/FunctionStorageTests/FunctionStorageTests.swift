// Tests of FunctionStorage.
