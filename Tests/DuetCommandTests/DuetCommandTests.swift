// Tests of DuetCommand.
