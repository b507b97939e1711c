package import ConcordatJSON
package import ConcordatTerms

/// What a party's data-protection officer advises on a text (UK GDPR art. 39, DPA 2018 s.71), as it is signed.
///
/// The advice is on record whatever it says: the signatory decides, and everyone can see against what.
package struct OfficerAdvice: Sendable, Equatable {
    /// What the officer says.
    package enum Opinion: String, CaseIterable, Sendable {
        case supports
        case supportsWithConditions = "supports-with-conditions"
        case opposes
    }

    // Bound: characters of an office or of one condition; conditions.
    package static let officeMax = 200
    package static let conditionMax = 1_000
    package static let conditionsMax = 20

    /// The digest of the text it is about.
    package let text: String
    package let opinion: Opinion
    /// The day it was given.
    package let date: CivilDate
    /// The office that gives it, never a person's name.
    package let office: String
    /// What must be so for the support to hold; empty unless there are conditions.
    package let conditions: [String]

    /// Nil when the office or a condition is empty or over its bound, or conditions and opinion do not go together.
    package init?(text: String, opinion: Opinion, date: CivilDate, office: String, conditions: [String] = []) {
        guard Self.accepts(office, max: Self.officeMax), conditions.count <= Self.conditionsMax,
            conditions.allSatisfy({ Self.accepts($0, max: Self.conditionMax) }),
            conditions.isEmpty != (opinion == .supportsWithConditions)
        else { return nil }
        (self.text, self.opinion, self.date) = (text, opinion, date)
        (self.office, self.conditions) = (office, conditions)
    }

    /// Reads what ``bytes`` writes; nil for anything else, down to an unknown member.
    package init?(reading bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes, limits: JSONLimits(documentBytesMax: 64 << 10, depthMax: 4)),
            let text = value["text"]?.stringValue, let word = value["advice"]?.stringValue,
            let opinion = Opinion(rawValue: word), let date = value["date"]?.stringValue.flatMap({ CivilDate($0) }),
            let office = value["office"]?.stringValue
        else { return nil }
        let conditions = value["conditions"]?.arrayValue?.compactMap(\.stringValue) ?? []
        self.init(text: text, opinion: opinion, date: date, office: office, conditions: conditions)
        // Whatever else stands there would be signed and never shown.
        guard bytes == self.bytes else { return nil }
    }

    /// The canonical form (RFC 8785): what is signed.
    package var bytes: [UInt8] {
        // Texts and lists only: such a document always has a canonical form.
        (try? json.canonical()) ?? []
    }

    /// The advice as a document.
    package var json: JSONValue {
        var members = [
            JSONMember("text", .string(text)), JSONMember("advice", .string(opinion.rawValue)),
            JSONMember("date", .string("\(date)")), JSONMember("office", .string(office)),
        ]
        if !conditions.isEmpty { members.append(JSONMember("conditions", .array(conditions.map { .string($0) }))) }
        return .object(members)
    }

    private static func accepts(_ text: String, max: Int) -> Bool {
        let scalars = text.unicodeScalars
        return (1...max).contains(scalars.count) && scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
