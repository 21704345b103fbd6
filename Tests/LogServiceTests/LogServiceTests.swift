// Tests of LogService.
