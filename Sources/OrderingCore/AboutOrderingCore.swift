// OrderingCore (core).
//
// Block cutter, block assembly and sequencing: the rules by which envelopes become blocks.
