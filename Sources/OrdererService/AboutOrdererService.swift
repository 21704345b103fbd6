// OrdererService (service).
//
// Takes envelopes in, orders them into blocks, delivers the blocks; one chain for each channel.
