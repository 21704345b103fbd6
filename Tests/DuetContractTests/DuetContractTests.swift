// Tests of DuetContract.
