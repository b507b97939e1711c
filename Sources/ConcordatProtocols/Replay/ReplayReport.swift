package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// What a draft would have changed for the traffic of a bundle: every change, and totals by party, message and field.
package struct ReplayReport: Sendable {
    /// How decisions came out.
    package struct Tally: Sendable, Equatable {
        package var same = 0
        package var changed = 0
        package var cannotTell = 0

        mutating func add(_ verdict: Replay.Verdict) {
            switch verdict {
            case .same: same += 1
            case .changed: changed += 1
            case .cannotTell: cannotTell += 1
            }
        }
    }

    /// How often fields passed that did not, or the reverse, or in another form.
    package struct FieldTally: Sendable, Equatable {
        package var gained = 0
        package var lost = 0
        package var otherForm = 0

        mutating func add(_ change: Replay.FieldChange) {
            if change.before == .drop {
                gained += change.count
            } else if change.after == .drop {
                lost += change.count
            } else {
                otherForm += change.count
            }
        }
    }

    /// A field of a message, by data path.
    package struct FieldName: Sendable, Hashable, Comparable {
        package let message: MessageName
        package let path: String
        package static func < (left: FieldName, right: FieldName) -> Bool {
            (left.message, left.path) < (right.message, right.path)
        }
    }

    // Bound: changes told one by one; the totals count all.
    package static let changesMax = 10_000

    /// The digest of the draft.
    package let draft: String
    package let from: UTCInstant
    package let until: UTCInstant
    /// How many messages were judged again.
    package private(set) var messages = 0
    /// Messages that could not be, since their records cannot be read any more.
    package let leftOut: Int
    package private(set) var all = Tally()
    /// By recipient.
    package private(set) var byParty: [PartyID: Tally] = [:]
    package private(set) var byPartyFields: [PartyID: FieldTally] = [:]
    package private(set) var byMessage: [MessageName: Tally] = [:]
    package private(set) var byField: [FieldName: FieldTally] = [:]
    /// Which missing facts stood in the way, and of how many decisions.
    package private(set) var needs: [String: Int] = [:]
    /// What is not the same, in the order of the records; at most ``changesMax``.
    package private(set) var changes: [Replay.Outcome] = []

    /// Judges everything in a bundle again under a draft.
    package init(draft: CompiledProtocol, bundle: ReplayBundle) {
        (self.draft, from, until, leftOut) = (draft.digest, bundle.from, bundle.until, bundle.leftOut)
        let replay = Replay(draft: draft, texts: bundle.texts)
        for record in bundle.records {
            messages += 1
            for outcome in replay.outcomes(of: record) { add(outcome) }
        }
    }

    /// Whether some recipient would have got something it did not.
    package var gainsAnything: Bool { byField.values.contains { $0.gained > 0 || $0.otherForm > 0 } }

    private mutating func add(_ outcome: Replay.Outcome) {
        all.add(outcome.verdict)
        byParty[outcome.recipient, default: Tally()].add(outcome.verdict)
        byMessage[outcome.message, default: Tally()].add(outcome.verdict)
        switch outcome.verdict {
        case .same: return
        case .cannotTell(let facts): for fact in facts { needs[fact, default: 0] += 1 }
        case .changed(let change):
            for field in change.fields {
                byField[FieldName(message: outcome.message, path: field.path), default: FieldTally()].add(field)
                byPartyFields[outcome.recipient, default: FieldTally()].add(field)
            }
        }
        if changes.count < Self.changesMax { changes.append(outcome) }
    }
}
