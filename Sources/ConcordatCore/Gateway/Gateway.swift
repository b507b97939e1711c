import ConcordatDecision
import ConcordatLog
package import ConcordatTerms
import Logging

/// All workflows of one running gateway, opened over a store and ready to serve.
package struct Gateway: Sendable {
    package let house: House
    package let intake: Intake
    package let inbox: Inbox
    package let consents: ConsentRegister
    package let agencies: AgencyQueries
    package let officers: OfficerQueries
    package let due: DueQueries
    package let replay: ReplayQueries
    package let breakGlass: BreakGlassRegister
    package let holds: HoldRegister
    package let notices: NoticeQueries
    package let senderNotices: SenderNotices
    package let refusals: RefusalBook
    package let protocols: ProtocolChanges
    package let stops: EmergencyStops
    package let rescue: DeliveryRescue

    package init(house: House) {
        self.house = house
        refusals = RefusalBook(house: house)
        intake = Intake(house: house, refusals: refusals)
        inbox = Inbox(house: house)
        consents = ConsentRegister(house: house, refusals: refusals)
        agencies = AgencyQueries(house: house)
        officers = OfficerQueries(house: house)
        due = DueQueries(house: house)
        replay = ReplayQueries(house: house)
        protocols = ProtocolChanges(house: house)
        stops = EmergencyStops(house: house)
        rescue = DeliveryRescue(house: house)
        breakGlass = BreakGlassRegister(house: house)
        holds = HoldRegister(house: house)
        notices = NoticeQueries(house: house)
        senderNotices = SenderNotices(house: house)
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
        for bytes in image.protocols {
            // A record that cannot be read is a version that cannot come into force, and so may stand in nobody's way: where
            // it should be in force, none is, and withdrawals are still taken.
            guard let version = ProtocolVersion(bytes: bytes) else { continue }
            changes.append(.putProtocol(version, report: nil))
        }
        registers.apply(changes)
        return registers
    }

    /// How many versions of the protocol the store holds a record of that cannot be read.
    package static func unreadableVersions(in image: LedgerImage) -> Int {
        image.protocols.count { ProtocolVersion(bytes: $0) == nil }
    }

    /// The register of who is stopped could not be read. Who may send is not known then, so nothing is served.
    package struct StandingUnreadable: Error, CustomStringConvertible {
        package var description: String {
            "the store's record of who is stopped cannot be read; restore the store from a backup"
        }
    }

    /// Puts the start of the daemon, the text in force and its signatures on record. Nothing is served before it is durable.
    ///
    /// - Parameters:
    ///   - first: the files of the text in force, when the store knows no version yet: they become the first one; else those
    ///     of the version in force with more sign-off than is kept.
    ///   - own: the deployment's own files that are joined to every text; that they changed is on record.
    package func open(adopting first: ProposedFiles? = nil, own: ProtocolArchive? = nil) async throws {
        let now = house.now()
        let text = house.inForce
        var record = LedgerRecord(leaves: [
            house.leaf(.start(DaemonLeaf(version: LeafToken(house.version) ?? "0")), at: now),
            house.leaf(.protocolChange(ProtocolLeaf(opening: text, at: now)), at: now, under: text),
        ])
        record.leaves += SignOffLeaf.leaves(of: text.opened.signatures).map {
            house.leaf(.signOff($0), at: now, under: text)
        }
        protocols.adopt(first, own: own, as: text, into: &record, at: now)
        let placed = try await house.ledger.commit(record)
        // Practice may begin at the same set time each day; a live log that is ahead of the clock is a clock gone wrong.
        let isPractice = text.lack == nil && text.text.mode != .live
        if let behind = house.clock.noteLogAhead(at: placed.time, mayBeSetBack: isPractice) {
            house.logger.warning(
                "clock: behind the log; what was granted later counts when the clock has caught up",
                metadata: ["seconds": "\(behind.components.seconds)"])
        }
    }

    /// Stops taking work, puts the stop on record, and ends the writer.
    package func close() async {
        house.bell.close()
        await refusals.summarise()
        _ = try? await house.ledger.commit(
            LedgerRecord(leaves: [house.leaf(.stop(DaemonLeaf(version: LeafToken(house.version) ?? "0")))]))
        house.ledger.close()
    }

    /// An admin says that the machine's clock is right again: on record, then hand-over goes on.
    package func confirmClock(by officer: OfficerID) async throws {
        let off = house.clock.confirm()
        let milliseconds = Int(off / .milliseconds(1))
        do {
            _ = try await house.ledger.commit(
                LedgerRecord(leaves: [
                    house.leaf(.clock(ClockLeaf(stepMilliseconds: milliseconds, confirmedBy: officer)))
                ]))
        } catch {
            // Order matters: time may move before its leaf, since the leaf must carry the new time; but nothing may be
            // handed over on a confirmation that is not on record.
            house.clock.reopen(off)
            throw error
        }
        house.bell.ringAll()
    }
}

extension ProtocolLeaf {
    /// Something happened to a text.
    init(_ text: TextInForce, event: Event, code: LeafCode? = nil) {
        self.init(name: text.text.id, version: LeafToken(text.text.version) ?? "0", event: event, code: code)
    }

    /// What stands of a text when the gateway opens.
    init(opening text: TextInForce, at now: UTCInstant) {
        guard let lack = text.lack else {
            self.init(text, event: text.isInForce(at: now) ? .inForce : .lapsed)
            return
        }
        let parts = (lack.version ?? "none@0").split(separator: "@").map(String.init)
        self.init(
            name: parts.first.flatMap { ProtocolID($0) } ?? "none",
            version: parts.last.flatMap { LeafToken($0) } ?? "0",
            event: .refused, code: LeafCode(lack.code))
    }
}
