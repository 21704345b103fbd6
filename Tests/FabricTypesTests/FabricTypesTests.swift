// Tests of FabricTypes.
