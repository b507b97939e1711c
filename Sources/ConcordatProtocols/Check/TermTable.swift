import ConcordatDecision
import ConcordatTerms

/// The names a protocol declares, which of them are used, and the one place where a name is looked up.
final class TermTable {
    enum Sort: String, CaseIterable {
        case partyKind = "party kind"
        case role, category, purpose, flag, capacity, message, ground, marking, calendar

        /// The key under which the author declares it.
        var key: String {
            switch self {
            case .partyKind: "party-kinds"
            case .role: "roles"
            case .category: "categories"
            case .purpose: "purposes"
            case .flag: "flags"
            case .capacity: "capacities"
            case .message: "messages"
            case .ground: "break-glass"
            case .marking: "markings"
            case .calendar: "calendars"
            }
        }
    }

    /// Built in: about no person at all.
    static let nobody = "nobody"

    private let log: ProblemLog
    private var declared: [Sort: [String: SourceSpan]] = [:]
    private var used: [Sort: Set<String>] = [:]

    init(_ log: ProblemLog) { self.log = log }

    /// The names of a protocol that is already compiled, for the files beside it.
    convenience init(_ compiled: CompiledProtocol, _ log: ProblemLog) {
        self.init(log)
        func take(_ names: some Sequence<String>, _ sort: Sort) {
            let span = SourceSpan.start(of: ProtocolDirectory.textName)
            names.forEach { declared[sort, default: [:]][$0] = span }
        }
        take(compiled.partyKinds.map(\.rawValue), .partyKind)
        take(compiled.roles.map(\.rawValue), .role)
        take(compiled.categories.keys.map(\.rawValue), .category)
        take(compiled.purposes.keys.map(\.rawValue), .purpose)
        take(compiled.flags.keys, .flag)
        take(compiled.capacities.keys.map(\.rawValue), .capacity)
        take(compiled.messages.keys.map(\.rawValue), .message)
        take(compiled.breakGlass.map { Array($0.grounds.keys) } ?? [], .ground)
        take(compiled.markings, .marking)
        take(compiled.calendars.keys, .calendar)
    }

    func names(_ sort: Sort) -> [String] { (declared[sort] ?? [:]).keys.sorted() }

    func isDeclared(_ name: String, _ sort: Sort) -> Bool { declared[sort]?[name] != nil }

    /// Takes a name in; the YAML reader has already refused doubles.
    func declare(_ name: Name, _ sort: Sort) {
        guard IdentifierGrammar.accepts(name.value) else {
            log.error(name.span, "`\(name.value)` is not a name", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
            return
        }
        if sort == .role, name.value == Self.nobody {
            log.error(name.span, "`nobody` is built in", "take this role out; rules may already name `nobody`")
            return
        }
        declared[sort, default: [:]][name.value] = name.span
    }

    /// The name as an id, when it is declared; else nil and an error.
    func resolve<ID: Identifier>(_ name: Name, _ sort: Sort, as type: ID.Type = ID.self) -> ID? {
        guard isDeclared(name.value, sort) else {
            log.error(
                name.span, "unknown \(sort.rawValue) `\(name.value)`",
                NearestName.advice(for: name.value, among: names(sort), declare: "declare it under `\(sort.key)`"))
            return nil
        }
        used[sort, default: []].insert(name.value)
        return ID(rawValue: name.value)
    }

    /// Notes a use that is not looked up by place.
    func markUsed(_ name: String, _ sort: Sort) { used[sort, default: []].insert(name) }

    func resolve<ID: Identifier>(_ names: [Name], _ sort: Sort, as type: ID.Type = ID.self) -> Set<ID> {
        Set(names.compactMap { resolve($0, sort, as: type) })
    }

    func resolve<ID: Identifier>(_ names: [Name]?, _ sort: Sort, as type: ID.Type = ID.self) -> Set<ID>? {
        names.map { Set($0.compactMap { resolve($0, sort, as: type) }) }
    }

    /// Warns of every name that is declared and never used.
    func warnUnused() {
        for sort in Sort.allCases {
            for (name, span) in declared[sort] ?? [:] where used[sort]?.contains(name) != true {
                log.warning(span, "\(sort.rawValue) `\(name)` is declared but never used", "use it, or take it out")
            }
        }
    }
}
