// Tests of PeerService.
