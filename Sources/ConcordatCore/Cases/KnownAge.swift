package import ConcordatDecision
import ConcordatJSON
package import ConcordatTerms

/// What a case remembers of somebody's age, from a date of birth in a field marked `"x-fact": "age"`.
///
/// The least that tells whether a consent contradicts it: of an adult nothing more than that, of an under-18 the day on
/// which they come of age. Lies in the case, sealed with it, and is shown to nobody.
package enum KnownAge: Sendable, Equatable {
    case adult
    /// Comes of age on that day.
    case under18(until: Sensitive<CivilDate>)

    /// The age of someone born on `day`, as of `today`.
    package init(born day: CivilDate, on today: CivilDate) {
        guard day.wholeYears(until: today) < Self.adulthood,
            // Someone born on 29 February comes of age on 1 March of a year without that day.
            let until = CivilDate(year: day.year + Self.adulthood, month: day.month, day: day.day)
                ?? CivilDate(year: day.year + Self.adulthood, month: 3, day: 1)
        else {
            self = .adult
            return
        }
        self = .under18(until: Sensitive(until))
    }

    /// Whether somebody of this age can be said to be in `band` on `today`.
    package func fits(_ band: ConsentAgeBand, on today: CivilDate) -> Bool {
        // An organisation has no date of birth.
        guard band != .organisation else { return false }
        switch self {
        case .adult: return band.isAdult
        case .under18(let until):
            let until = until.reveal()
            guard let born = CivilDate(year: until.year - Self.adulthood, month: until.month, day: until.day) else {
                return false
            }
            return band == ConsentAgeBand(years: born.wholeYears(until: today))
        }
    }

    private static let adulthood = 18
}

extension ConsentAgeBand {
    /// The band of someone so many whole years old.
    fileprivate init(years: Int) {
        let bands = Self.allCases.filter { $0 != .organisation && $0.youngest <= max(years, 0) }
        self = bands.max { $0.youngest < $1.youngest } ?? .under10
    }
}

extension KnownAge {
    private static let adultWord = "adult"

    var json: JSONValue {
        switch self {
        case .adult: .string(Self.adultWord)
        // Sealed with the case.
        case .under18(let until): .string(until.reveal().description)
        }
    }

    init?(json: JSONValue) {
        guard let text = json.stringValue else { return nil }
        guard text != Self.adultWord else {
            self = .adult
            return
        }
        guard let until = CivilDate(text) else { return nil }
        self = .under18(until: Sensitive(until))
    }
}
