// Tests of ContractService.
