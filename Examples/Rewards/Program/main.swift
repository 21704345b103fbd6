import DuetCommand
import DuetContract
import RewardsContract

// The node and its command line, with the rewards in them: `rewards-duet up`.
await DuetMain.run(contracts: [LinkedContract(Rewards.name, Rewards.self)])
