package import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// What goes with a copy and binds its recipient, in the words of the protocol. Attributes of its envelope.
package struct CopyDuties: Sendable, Equatable {
    /// `P2Y from case-closed`; nil when the protocol says nothing for this recipient.
    package var keep: String?
    /// `none`, `ask-sender` or `protocol`.
    package var onward: String?
    /// One of the protocol's markings.
    package var marking: String?

    package init() {}

    package init(_ obligations: Obligations) {
        keep = obligations.keep?.description
        onward = obligations.onward?.rawValue
        marking = obligations.marking
    }

    /// These with what an earlier text asked for: of two words the stricter, and the earlier one where these have none.
    ///
    /// - Parameter markings: of the text that asks for these, the strictest last. A marking it does not know is no stricter.
    func joined(to earlier: CopyDuties, markings: [String]) -> CopyDuties {
        var joined = self
        joined.keep = keep ?? earlier.keep
        let onwards = [onward, earlier.onward].compactMap { $0.flatMap(CompiledObligation.Onward.init(rawValue:)) }
        joined.onward = onwards.min()?.rawValue
        let ranks = [marking, earlier.marking].compactMap { $0.flatMap { markings.firstIndex(of: $0) } }
        joined.marking = ranks.max().map { markings[$0] } ?? marking ?? earlier.marking
        return joined
    }

    var members: [JSONMember] {
        func word(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return [
            JSONMember("keep", word(keep)), JSONMember("onward", word(onward)), JSONMember("marking", word(marking)),
        ]
    }

    init(head: JSONValue) {
        keep = head["keep"]?.stringValue
        onward = head["onward"]?.stringValue
        marking = head["marking"]?.stringValue
    }
}

extension Decision {
    /// The categories that pass, each with whom they are about; what the recipient does not get binds it to nothing.
    func shared(people: [JudgedPerson]) -> [(category: Category, subjects: Set<CompiledRule.Subject>)] {
        grounds.filter { $0.action != .drop && $0.count > 0 }.map { ground in
            switch ground.field.subject {
            case .nobody: (ground.category, [.nobody])
            case .role(let role): (ground.category, [.role(role)])
            case .person(let index):
                (
                    ground.category,
                    people.indices.contains(index)
                        ? Set(people[index].roles.map { CompiledRule.Subject.role($0) }) : []
                )
            }
        }
    }
}
