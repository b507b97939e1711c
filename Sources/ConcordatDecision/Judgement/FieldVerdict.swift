import ConcordatPayload
import ConcordatTerms

/// What became of permits of one word that speak of a field, for one role of its subject: one bit for each.
struct TriedPermits {
    let word: Int
    var allowing: UInt64 = 0
    var lackingConsent: UInt64 = 0
    var lackingCapacity: UInt64 = 0
    var lackingCondition: UInt64 = 0
    var lackingRequest: UInt64 = 0

    init(word: Int) { self.word = word }

    /// Those that do not apply.
    var lacking: UInt64 { lackingConsent | lackingCapacity | lackingCondition | lackingRequest }

    /// What one of them lacks.
    func lack(of bit: Int) -> MissedPermit.Lack {
        let mask = UInt64(1) << UInt64(bit)
        if lackingConsent & mask != 0 { return .consent }
        if lackingCapacity & mask != 0 { return .capacity }
        return lackingCondition & mask != 0 ? .condition : .request
    }

    /// One permit lacks the same thing for each role, since what it asks is not about the role.
    mutating func formUnion(_ other: TriedPermits) {
        allowing |= other.allowing
        lackingConsent |= other.lackingConsent
        lackingCapacity |= other.lackingCapacity
        lackingCondition |= other.lackingCondition
        lackingRequest |= other.lackingRequest
    }
}

/// What the permits let one role have, judged alone.
struct RolePermission {
    /// Whether any rule permits it, be it that two of them contradict each other.
    private(set) var isPermitted = false
    /// Whole beats transforms; one kind of transform is it; two kinds are a contradiction, and the field is dropped.
    private(set) var action = FieldAction.drop
    /// The first permit that only consent is lacking for, by place.
    private(set) var consentLacking: Int32?

    /// Adds what became of permits of one more word.
    mutating func add(_ tried: TriedPermits, in table: RecipientTable) {
        if consentLacking == nil, tried.lackingConsent != 0 {
            consentLacking = Int32(tried.word * 64 + tried.lackingConsent.trailingZeroBitCount)
        }
        guard tried.allowing != 0, !isWhole else { return }
        if tried.allowing & table.traits[tried.word].isWhole != 0 {
            (isPermitted, action) = (true, .keep)
            return
        }
        for bit in BitPlaces(tried.allowing) {
            let form = table.forms[tried.word * 64 + bit]
            action = !isPermitted || action == form ? form : .drop
            isPermitted = true
        }
    }

    /// Whether only somebody's agreement is lacking.
    var wantsConsent: Bool { !isPermitted && consentLacking != nil }

    private var isWhole: Bool { isPermitted && action == .keep }

    /// Those of some permits that made ``action``: of whole ones where there is one, else all that allow.
    func making(_ tried: TriedPermits, in table: RecipientTable) -> UInt64 {
        isWhole ? tried.allowing & table.traits[tried.word].isWhole : tried.allowing
    }
}

/// What happens to a field. The rules that say so stand in lists of the judge (``VerdictLists``).
struct FieldVerdict {
    /// A part of a list; of small numbers, since verdicts are copied about.
    struct Part {
        fileprivate(set) var start: Int32 = 0
        fileprivate(set) var end: Int32 = 0

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    var action = FieldAction.drop
    /// Whether the recipient is not to learn that it was dropped or transformed, or could have been there.
    var isSilent = false
    /// The rules that decided, and the permits that came near.
    var rules = Part()
    var missed = Part()
    /// Break-glass clauses without which some role would not have let the field pass.
    var brokenGlass = Part()
    /// The permit that would apply if consent were there, when nothing but consent is lacking; by place.
    var consentLacking: Int32?
    /// The prohibition that decided first, or the first permit that came near; by place.
    var nearest: Int32?

    /// The clause a sender is told, by place.
    var clause: Int32? { consentLacking ?? nearest }
}

/// The rules that verdicts name, one verdict after another: so that no verdict asks for a list of its own.
struct VerdictLists {
    private(set) var rules: [RuleID] = []
    private(set) var missed: [MissedPermit] = []
    private(set) var brokenGlass: [RuleID] = []

    init(fields count: Int) {
        rules.reserveCapacity(2 * count)
        missed.reserveCapacity(2 * count)
    }

    /// A verdict that names nothing yet.
    func verdict(_ action: FieldAction = .drop) -> FieldVerdict {
        var verdict = FieldVerdict(action: action)
        (verdict.rules.start, verdict.rules.end) = (Int32(rules.count), Int32(rules.count))
        (verdict.missed.start, verdict.missed.end) = (Int32(missed.count), Int32(missed.count))
        (verdict.brokenGlass.start, verdict.brokenGlass.end) = (Int32(brokenGlass.count), Int32(brokenGlass.count))
        return verdict
    }

    /// Names more rules that decided, in the text's order.
    mutating func name(_ bits: UInt64, of word: Int, in table: RecipientTable, as verdict: inout FieldVerdict) {
        guard bits != 0 else { return }
        if bits & table.traits[word].isSilent != 0 { verdict.isSilent = true }
        for bit in BitPlaces(bits) { rules.append(table.ids[word * 64 + bit]) }
        verdict.rules.end = Int32(rules.count)
    }

    /// Notes more permits that do not apply, in the text's order.
    mutating func note(_ tried: TriedPermits, in table: RecipientTable, as verdict: inout FieldVerdict) {
        let lacking = tried.lacking
        guard lacking != 0 else { return }
        if lacking & table.traits[tried.word].isSilent != 0 { verdict.isSilent = true }
        if verdict.nearest == nil { verdict.nearest = Int32(tried.word * 64 + lacking.trailingZeroBitCount) }
        for bit in BitPlaces(lacking) {
            missed.append(MissedPermit(rule: table.ids[tried.word * 64 + bit], lack: tried.lack(of: bit)))
        }
        verdict.missed.end = Int32(missed.count)
    }

    /// Notes more break-glass clauses without which the field would not have passed.
    mutating func noteGlass(_ bits: UInt64, of word: Int, in table: RecipientTable, as verdict: inout FieldVerdict) {
        for bit in BitPlaces(bits) { brokenGlass.append(table.ids[word * 64 + bit]) }
        verdict.brokenGlass.end = Int32(brokenGlass.count)
    }
}
