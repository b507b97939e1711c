import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// Syntax to compiled protocol: looks up every name, checks every value, and goes on after each error.
final class ProtocolChecker {
    let files: ProtocolFiles
    let syntax: ProtocolSyntax
    let log: ProblemLog
    let terms: TermTable
    let values: ValueChecker
    private let sharedCodelists: [String]
    var categories: [Category: Category?] = [:]
    var purposes: [PurposeID: CompiledPurpose] = [:]
    var messages: [MessageName: CompiledMessage] = [:]
    var schemas: [MessageName: LoadedSchema] = [:]
    var roster: [PartyID: RosterParty] = [:]
    var purposeRecords: [PurposeID: PurposeRecord] = [:]
    var flagValues: [String: Set<String>] = [:]
    var codelists: [String: Codelist] = [:]

    /// - Parameter sharedCodelists: paths of code lists that the text includes.
    init(files: ProtocolFiles, syntax: ProtocolSyntax, log: ProblemLog, sharedCodelists: [String] = []) {
        (self.files, self.syntax, self.log) = (files, syntax, log)
        self.sharedCodelists = sharedCodelists
        terms = TermTable(log)
        values = ValueChecker(log: log)
    }

    /// The protocol with names resolved; what it lacks because of an error is simply missing from it.
    func check(digest: ([LoadedSchema]) -> String) -> CheckedProtocol {
        declare()
        codelists = CodelistReader(log: log).readAll(files, shared: sharedCodelists)
        categories = checkCategories()
        purposes = checkPurposes()
        checkMessages()
        let sensitive = checkSensitive()
        let parties = RosterReader(terms: terms, log: log, rules: rosterRules()).readAll(files)
        roster = parties.parties
        let agreement = checkAgreement(sensitive)
        let flags = checkFlags()
        let capacities = checkCapacities()
        checkIDs()
        let consents = syntax.consents.map(checkConsent)
        let audience = ConsentAudience(
            recorder: syntax.audience?.recorder ?? true,
            capacities: terms.resolve(syntax.audience?.capacities ?? [], .capacity),
            officers: syntax.audience?.officers ?? true)
        let breakGlass = checkBreakGlass()
        let rules = checkRules()
        let guarantees = syntax.guarantees.map(checkGuarantee)
        checkStrayFiles()
        let (obligations, calendars) = (syntax.obligations.map(checkObligation), checkCalendars())
        let expectations = syntax.expectations.compactMap(checkExpectation)
        if !log.hasErrors { terms.warnUnused() }
        // Order matters: what only a party's own file names is not used by the text.
        let prohibitions = checkProhibitions()
        var compiled = CompiledProtocol(
            id: protocolID(), version: syntax.version.map(values.version) ?? "", title: syntax.title,
            digest: digest(schemas.keys.sorted().compactMap { schemas[$0] }), mode: mode(),
            period: syntax.period.flatMap(values.period) ?? Self.noPeriod,
            partyKinds: Set(terms.names(.partyKind).map { PartyKind(unchecked: $0) }),
            roles: Set(terms.names(.role).map { Role(unchecked: $0) }), categories: categories, purposes: purposes,
            flags: flags, capacities: capacities, messages: messages, consents: consents, consentShownTo: audience,
            rules: rules, parties: roster)
        compiled.breakGlass = breakGlass
        compiled.markings = syntax.markings.map(\.value)
        (compiled.obligations, compiled.calendars, compiled.expectations) = (obligations, calendars, expectations)
        return CheckedProtocol(
            compiled: compiled, guarantees: guarantees, codelists: codelists, titles: titles(),
            agreement: agreement, purposes: purposeRecords, parties: parties.records, sensitive: sensitive,
            prohibitions: prohibitions, schemas: schemas.mapValues(\.json))
    }

    private func declare() {
        syntax.partyKinds.forEach { terms.declare($0.name, .partyKind) }
        syntax.roles.forEach { terms.declare($0.name, .role) }
        syntax.categories.forEach { terms.declare($0.name, .category) }
        syntax.purposes.forEach { terms.declare($0.name, .purpose) }
        syntax.flags.forEach { terms.declare($0.name, .flag) }
        syntax.capacities.forEach { terms.declare($0.name, .capacity) }
        syntax.messages.forEach { terms.declare($0.name, .message) }
        syntax.breakGlass?.grounds.forEach { terms.declare($0.name, .ground) }
        syntax.markings.forEach { terms.declare($0, .marking) }
        syntax.calendars.forEach { terms.declare($0.name, .calendar) }
        if syntax.roles.count > SchemaVocabulary.rolesMax {
            log.error(
                syntax.roles[SchemaVocabulary.rolesMax].name.span, "more than \(SchemaVocabulary.rolesMax) roles",
                "join roles that no rule tells apart")
        }
    }

    private func checkCategories() -> [Category: Category?] {
        var result: [Category: Category?] = [:]
        for category in syntax.categories where terms.isDeclared(category.name.value, .category) {
            let parent = category.within.flatMap { terms.resolve($0, .category, as: Category.self) }
            result[Category(unchecked: category.name.value)] = .some(parent)
        }
        for category in syntax.categories {
            var seen: Set<Category> = []
            var here: Category? = Category(unchecked: category.name.value)
            while let current = here, seen.insert(current).inserted { here = result[current] ?? nil }
            if let here, here.rawValue == category.name.value {
                log.error(
                    category.name.span, "category `\(here)` lies within itself", "take out one `within` of the ring")
                result[here] = .some(nil)
            }
        }
        return result
    }

    private func checkPurposes() -> [PurposeID: CompiledPurpose] {
        var result: [PurposeID: CompiledPurpose] = [:]
        for purpose in syntax.purposes {
            let (id, record) = (
                PurposeID(unchecked: purpose.name.value), PurposeChecker(terms: terms, log: log).check(purpose)
            )
            purposeRecords[id] = record
            result[id] = CompiledPurpose(
                title: purpose.title, basis: record.parties.mapValues(\.basis.rawValue), gateway: record.gateway)
        }
        return result
    }

    private func checkFlags() -> [String: CompiledFlag] {
        var flags: [String: CompiledFlag] = [:]
        for flag in syntax.flags {
            var fields: [MessageName: [String]] = [:]
            var values: Set<String> = []
            for reference in flag.fields {
                guard let name = terms.resolve(reference.message, .message, as: MessageName.self),
                    let message = messages[name]
                else { continue }
                guard let domain = message.schema.factPaths[reference.field.value] else {
                    log.error(
                        reference.field.span, "message `\(name)` declares no `x-fact` at `\(reference.field.value)`",
                        NearestName.advice(
                            for: reference.field.value, among: message.schema.factPaths.keys,
                            declare: "add `x-fact: true` to the field"))
                    continue
                }
                values.formUnion(domain.shortTexts)
                fields[name, default: []].append(reference.field.value)
            }
            // What a flag can hold is only known when each of its fields is.
            if fields.values.joined().count == flag.fields.count { flagValues[flag.name.value] = values }
            flags[flag.name.value] = CompiledFlag(fields: fields)
        }
        return flags
    }

    /// Rules, guarantees and consent clauses share one space of ids: a clause is named by its id alone.
    private func checkIDs() {
        var firsts: [String: SourceSpan] = [:]
        let clauses = syntax.rules + syntax.routes.map(\.rule) + (syntax.breakGlass?.clauses ?? [])
        let ids =
            syntax.consents.map(\.id) + clauses.map(\.id) + syntax.guarantees.map(\.id)
            + syntax.obligations.map(\.id) + syntax.expectations.map(\.id)
        for id in ids.sorted(by: { $0.span < $1.span }) {
            if !IdentifierGrammar.accepts(id.value) {
                log.error(id.span, "`\(id.value)` is not an id", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
            } else if let first = firsts[id.value] {
                log.error(id.span, "duplicate id `\(id.value)`", "it is first used in line \(first.line); rename one")
            } else {
                firsts[id.value] = id.span
            }
        }
    }

    private func checkStrayFiles() {
        let named = Set(schemas.values.map(\.path)).union(syntax.messages.compactMap { $0.schema?.value })
        for path in files.paths(in: "messages", suffix: ".json") where !named.contains(path) {
            log.warning(.start(of: path), "no message names this schema", "name it under `messages`, or remove it")
        }
    }

    private func protocolID() -> ProtocolID {
        guard let name = syntax.id else { return "unnamed" }
        if let id = ProtocolID(name.value) { return id }
        log.error(name.span, "`\(name.value)` is not a name", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
        return "unnamed"
    }

    private func mode() -> ProtocolMode {
        guard let word = syntax.mode else { return .live }
        if let mode = ProtocolMode(rawValue: word.value) { return mode }
        log.error(word.span, "unknown mode `\(word.value)`", "write `live` or `training`")
        return .training
    }

    private func titles() -> ProtocolTitles {
        var titles = ProtocolTitles()
        for kind in syntax.partyKinds { titles.partyKinds[PartyKind(unchecked: kind.name.value)] = kind.title }
        for role in syntax.roles { titles.roles[Role(unchecked: role.name.value)] = role.title }
        for category in syntax.categories {
            titles.categories[Category(unchecked: category.name.value)] = category.title
        }
        for flag in syntax.flags { titles.flags[flag.name.value] = flag.title }
        for consent in syntax.consents { titles.consents[consent.id.value] = consent.title }
        for calendar in syntax.calendars { titles.calendars[calendar.name.value] = calendar.title }
        return titles
    }

    // Never in force: it ends before it begins.
    private static let noPeriod: ProtocolPeriod = {
        let day = CivilDate(daysSinceEpoch: 0)
        return ProtocolPeriod(from: day, review: day, until: day)
    }()
}

/// Names resolved, values checked; what rules mean together is not yet looked at.
struct CheckedProtocol: Sendable {
    let compiled: CompiledProtocol
    let guarantees: [Guarantee]
    let codelists: [String: Codelist]
    let titles: ProtocolTitles
    let agreement: Agreement
    let purposes: [PurposeID: PurposeRecord]
    let parties: [PartyID: PartyRecord]
    /// Categories marked sensitive, and those within them.
    let sensitive: [Category: SensitiveKind]
    /// What parties prohibit on what they send, beside the text.
    let prohibitions: [CompiledRule]
    let schemas: [MessageName: JSONValue]
}
