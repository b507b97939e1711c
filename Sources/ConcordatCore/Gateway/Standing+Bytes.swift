import ConcordatJSON
import ConcordatTerms

extension Standing {
    /// As it lies in the store; ids only.
    package var bytes: [UInt8] {
        JSONValue.object([
            JSONMember("epoch", .int(epoch)), JSONMember("suspended", .terms(suspended)),
            JSONMember("stoppedMessages", .terms(stoppedMessages)),
        ]).serialized()
    }

    /// Reads ``bytes``; nil when they are not a standing.
    package init?(bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes), let epoch = json["epoch"]?.intValue,
            let suspended: Set<PartyID> = json["suspended"]?.terms(),
            let stopped: Set<MessageName> = json["stoppedMessages"]?.terms()
        else { return nil }
        self.init(epoch: epoch, suspended: suspended, stoppedMessages: stopped)
    }
}
