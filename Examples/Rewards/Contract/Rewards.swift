public import DuetContract
internal import FabricTypes

/// Payments that companies agree on, and what their customers get for them: points and coupons.
///
/// What a payment is worth is no rule of the contract: each company's function decides it, and changes its mind when it likes. The
/// contract keeps what was decided, once for each payment.
public struct Rewards: Contract {
    public static let name = "rewards"

    /// The service whose functions decide.
    private static let service = "rewards"
    private static let amountMax = 1_000_000_000

    public init(name: String) {}

    public static var methods: [ContractMethod<Rewards>] {
        ContractMethod("pay", "payment", "customer", "amount", body: Rewards.pay)
        ContractMethod("award", "payment", "customer", "points", "coupon", body: Rewards.award)
        ContractMethod("account", "customer", body: Rewards.account)
    }

    /// What a customer has.
    struct Account: Codable, ContractArgument, ContractResult {
        var points = 0
        var coupons: [String] = []
        /// Payments that were rewarded.
        var paymentCount = 0
    }

    struct Payment: Codable, ContractResult {
        let payment: String
        let customer: String
        let amount: Int
    }

    /// Records a payment, and tells it with an event `payment`.
    ///
    /// - Parameter amount: in cents.
    func pay(_ stub: ContractStub, payment: String, customer: String, amount: Int) throws {
        guard !payment.isEmpty, !customer.isEmpty, (1...Self.amountMax).contains(amount) else {
            throw ContractError("A payment needs an id, a customer and 1 to \(Self.amountMax) cents.", status: 400)
        }
        let key = try CompositeKey("payment", payment)
        guard try stub.getState(key) == nil else {
            throw ContractError("Payment \"\(payment)\" exists already.", status: 409)
        }
        let record = try Payment(payment: payment, customer: customer, amount: amount).contractResult()
        try stub.putState(key, record)
        try stub.setEvent("payment", record)
    }

    /// Adds to a customer's points what the company's function found a payment to be worth.
    ///
    /// - Parameter coupon: empty for none.
    func award(_ stub: ContractStub, payment: String, customer: String, points: Int, coupon: String) throws -> Account {
        guard try stub.caller().attributes["duet.service"] == Self.service else {
            throw ContractError("Only functions of the service \"\(Self.service)\" award points.", status: 403)
        }
        guard (0...Self.amountMax).contains(points), try stub.getState(CompositeKey("payment", payment)) != nil else {
            throw ContractError("Payment \"\(payment)\" does not exist, or the points are no number.", status: 400)
        }
        var account = try account(stub, customer: customer)
        account.points += points
        account.paymentCount += 1
        if !coupon.isEmpty { account.coupons.append(coupon) }
        try stub.putState(CompositeKey("account", customer), account.contractResult())
        return account
    }

    func account(_ stub: ContractStub, customer: String) throws -> Account {
        guard let bytes = try stub.getState(CompositeKey("account", customer)) else { return Account() }
        return try Account(contractArgument: bytes)
    }
}
