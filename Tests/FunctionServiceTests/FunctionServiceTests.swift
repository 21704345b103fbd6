// Tests of FunctionService.
