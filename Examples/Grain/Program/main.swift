import DuetCommand
import DuetContract
import GrainContract

// The node and its command line, with the contract in them: `grain-duet up`.
await DuetMain.run(contracts: [LinkedContract(Grain.name, Grain.self)])
