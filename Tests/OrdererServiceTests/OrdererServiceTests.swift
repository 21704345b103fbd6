// Tests of OrdererService.
