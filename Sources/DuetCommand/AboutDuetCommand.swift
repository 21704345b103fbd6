// DuetCommand (executable).
//
// The command line. A program with linked contracts is this module and the contracts.
