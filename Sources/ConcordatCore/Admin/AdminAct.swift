import ConcordatLog

/// What admins do, as leaves name it.
enum AdminAct: Sendable, Equatable {
    case stop(Stoppable.Kind)
    case resume(Stoppable.Kind)
    case propose, signoff, approve, reject, activate, rollBack
    /// Messages of a version that is no longer in force are taken until a stated time.
    case beside
    /// The deployment's own files beside the text were found changed at a start.
    case own
    case retry, discard
    case replay

    /// What it is done to, and what is done: `party.stop`.
    var code: LeafCode {
        switch self {
        case .stop(let kind): Self.code(kind.rawValue, "stop")
        case .resume(let kind): Self.code(kind.rawValue, "resume")
        case .propose: Self.code("protocol", "propose")
        case .signoff: Self.code("protocol", "signoff")
        case .own: Self.code("protocol", "own")
        case .approve: Self.code("protocol", "approve")
        case .reject: Self.code("protocol", "reject")
        case .activate: Self.code("protocol", "activate")
        case .rollBack: Self.code("protocol", "rollback")
        case .beside: Self.code("protocol", "beside")
        case .retry: Self.code("delivery", "retry")
        case .discard: Self.code("delivery", "discard")
        case .replay: Self.code("replay", "export")
        }
    }

    private static func code(_ object: String, _ verb: String) -> LeafCode { LeafCode(unchecked: "\(object).\(verb)") }
}
