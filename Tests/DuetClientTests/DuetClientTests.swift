// Tests of DuetClient.
