internal import DuetCommand

await DuetMain.run()
