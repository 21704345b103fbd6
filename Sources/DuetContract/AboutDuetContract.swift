// DuetContract (SDK, public).
//
// What a contract in Swift is written with.
