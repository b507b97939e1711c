import ConcordatTerms

/// The dates of one message that conditions may ask about, until its persons are known.
struct DateFacts {
    private var notes: [(fact: Int, scope: Int32, date: CivilDate)] = []

    // Bound: dates noted in one message; a field occurs no more often than fields are noted.
    private static let notesMax = 20_000

    /// Takes one date; a text that is no date was refused already, or is one of our own shortened forms.
    mutating func note(_ text: Span<UInt8>, _ start: Int, _ end: Int, fact: Int, scope: Int32) {
        guard end - start == 10, notes.count < Self.notesMax else { return }
        var bytes: [UInt8] = []
        for place in start..<end { bytes.append(text[place]) }
        if let date = CivilDate(String(decoding: bytes, as: UTF8.self)) { notes.append((fact, scope, date)) }
    }

    /// Tells the facts what was noted, once every scope has its person.
    func fill(_ facts: inout MessageFacts, _ table: SchemaTable, _ scopes: [Int32]) {
        var latest: [Int: CivilDate] = [:]
        for note in notes {
            let fact = table.facts[note.fact]
            switch fact.date {
            case .none: break
            case .day: facts.facts[fact.path, default: []].insert(note.date.description)
            case .birth:
                guard note.scope >= 0 else { continue }
                let person = Int(scopes[Int(note.scope)])
                // Who is said to be born on two days is taken for the younger: the youth rules are the stricter.
                latest[person] = max(latest[person] ?? note.date, note.date)
            }
        }
        facts.births = latest.mapValues { Sensitive($0) }
    }
}
