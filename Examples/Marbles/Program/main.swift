import DuetCommand
import DuetContract
import MarblesContract

// The node and its command line, with the marbles in them: `marbles-duet up`.
await DuetMain.run(contracts: [
    LinkedContract(Marbles.compatibleName, Marbles.self),
    LinkedContract(Marbles.strictName, Marbles.self),
])
