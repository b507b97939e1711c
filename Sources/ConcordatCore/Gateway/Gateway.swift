import ConcordatDecision
import ConcordatLog
import ConcordatTerms

/// All workflows of one running gateway, opened over a store and ready to serve.
package struct Gateway: Sendable {
    package let house: House
    package let intake: Intake
    package let inbox: Inbox
    package let consents: ConsentRegister
    package let agencies: AgencyQueries
    package let officers: OfficerQueries
    package let refusals: RefusalBook

    package init(house: House) {
        self.house = house
        refusals = RefusalBook(house: house)
        intake = Intake(house: house, refusals: refusals)
        inbox = Inbox(house: house)
        consents = ConsentRegister(house: house, refusals: refusals)
        agencies = AgencyQueries(house: house)
        officers = OfficerQueries(house: house)
    }

    /// Fills the registers from what the store held at start.
    ///
    /// - Throws: when a case cannot be opened with the register key: a wrong key is never taken for an empty register.
    package static func registers(from image: LedgerImage, keyring: any Keyring) throws -> Registers {
        let registers = Registers()
        var changes: [LedgerChange] = []
        for (id, sealed) in image.cases {
            changes.append(.putCase(try CaseRecord(id: id, sealed: sealed, key: keyring.registerKey)))
        }
        for delivery in image.deliveries.sorted(by: { $0.sequence < $1.sequence }) {
            changes.append(.putDelivery(delivery, copy: []))
        }
        if let bytes = image.standing {
            guard let standing = Standing(bytes: bytes) else { throw StandingUnreadable() }
            changes.append(.putStanding(standing))
        }
        registers.apply(changes)
        return registers
    }

    /// The register of who is stopped could not be read.
    package struct StandingUnreadable: Error {}

    /// Puts the start of the daemon and the text in force on record. Nothing is served before it is durable.
    package func open() async throws {
        let now = house.now()
        let inForce = now.date >= house.text.period.from && now.date <= house.text.period.until
        let leaves = [
            leaf(.start(DaemonLeaf(version: LeafToken(house.version) ?? "0")), at: now),
            leaf(
                .protocolChange(
                    ProtocolLeaf(
                        name: house.text.id, version: LeafToken(house.text.version) ?? "0",
                        event: inForce ? .inForce : .lapsed)),
                at: now),
        ]
        _ = try await house.ledger.commit(LedgerRecord(leaves: leaves))
    }

    /// Stops taking work, puts the stop on record, and ends the writer.
    package func close() async {
        house.bell.close()
        await refusals.summarise()
        _ = try? await house.ledger.commit(
            LedgerRecord(leaves: [leaf(.stop(DaemonLeaf(version: LeafToken(house.version) ?? "0")), at: house.now())]))
        house.ledger.close()
    }

    private func leaf(_ body: LeafBody, at now: UTCInstant) -> Leaf {
        Leaf(
            time: now, deployment: LeafToken(house.deployment), protocolDigest: LeafDigest(rawValue: house.text.digest),
            body: body)
    }
}
