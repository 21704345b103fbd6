// LogService (service).
//
// Takes log lines in without slowing anybody down, answers queries, follows live tails, raises alarms.
