// Tests of FunctionSandbox.
