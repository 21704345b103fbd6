// Tests of FabricGRPC.
