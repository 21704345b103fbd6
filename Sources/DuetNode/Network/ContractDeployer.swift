internal import ContractService
internal import Logging
internal import ServiceLifecycle

/// Deploys contracts when the network is up, one after another, by transactions like anybody's.
struct ContractDeployer: Service {
    let deployments: [ContractDeployment]
    let clients: [LifecycleClient]
    let logger: Logger
    let done: OneShot<Bool>

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isGood = true
            for deployment in deployments { isGood = await deploy(deployment) && isGood }
            done.fulfil(isGood)
        }
        try? await gracefulShutdown()  // throws when cancelled, which ends the service as well
    }

    private func deploy(_ deployment: ContractDeployment) async -> Bool {
        do {
            let packageID = LinkedContracts.packageID(of: deployment.name)
            if try await deployment.apply(by: clients, packageID: packageID) {
                logger.notice("Contract deployed", metadata: ["contract": "\(deployment.name)"])
            }
            return true
        } catch {
            // The network can be used all the same, and the next start tries again.
            logger.error(
                "Contract could not be deployed", metadata: ["contract": "\(deployment.name)", "error": "\(error)"])
            return false
        }
    }
}
