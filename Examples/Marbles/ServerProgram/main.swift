import MarblesServer

await MarblesProgram.run()
