import ConcordatDecision
import ConcordatTerms

/// Dates, versions and durations: the plain values of a protocol text.
struct ValueChecker {
    let log: ProblemLog

    /// The period, in order; nil when a date is bad.
    func period(_ syntax: PeriodSyntax) -> ProtocolPeriod? {
        let dates = [syntax.from, syntax.review, syntax.until].map { $0.flatMap(date) }
        guard let from = dates[0], let review = dates[1], let until = dates[2] else { return nil }
        if review < from {
            log.error(syntax.review?.span ?? syntax.span, "the review day is before the first day", "put it later")
        }
        if until < review {
            log.error(syntax.until?.span ?? syntax.span, "the last day is before the review day", "put it later")
        }
        return ProtocolPeriod(from: from, review: review, until: until)
    }

    func date(_ name: Name) -> CivilDate? {
        if let date = CivilDate(name.value) { return date }
        log.error(name.span, "`\(name.value)` is not a date", "write it as 2026-04-01; the day must exist")
        return nil
    }

    /// Semantic Versioning 2.0.0, the three numbers with an optional pre-release.
    func version(_ name: Name) -> String {
        let parts = name.value.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = { (text: Substring) in
            !text.isEmpty && text.utf8.count <= 9 && text.utf8.allSatisfy { (48...57).contains($0) }
                && (text == "0" || text.first != "0")
        }
        let isTail = parts.count == 1 || IdentifierGrammar.accepts(String(parts[1]))
        if numbers.count != 3 || !numbers.allSatisfy(isNumber) || !isTail {
            log.error(name.span, "`\(name.value)` is not a version", "write three numbers, `1.0.0`")
        }
        return name.value
    }

    /// An ISO 8601 duration of weeks, days, hours, minutes: `P14D`, `PT36H`, `P2W`.
    func life(_ name: Name) -> Duration {
        if let duration = Self.duration(name.value), duration > .zero, duration <= .seconds(366 * 86_400) {
            return duration
        }
        log.error(
            name.span, "`\(name.value)` is not a delivery life", "write days or hours, `P14D` or `PT36H`; at most P366D"
        )
        return MessageDefaults.life
    }

    static func duration(_ text: String) -> Duration? {
        guard text.first == "P" else { return nil }
        var seconds: Int64 = 0
        var digits = ""
        var inTime = false
        var count = 0
        for letter in text.dropFirst() {
            if letter.isASCII, letter.isNumber {
                digits.append(letter)
                guard digits.count <= 6 else { return nil }
                continue
            }
            if letter == "T", !inTime, digits.isEmpty { inTime = true; continue }
            let units: [Character: Int64] = inTime ? ["H": 3600, "M": 60, "S": 1] : ["W": 604_800, "D": 86_400]
            guard let unit = units[letter], let number = Int64(digits) else { return nil }
            seconds += unit * number
            digits = ""
            count += 1
        }
        return digits.isEmpty && count > 0 ? .seconds(seconds) : nil
    }

    /// A retention: `until-delivered`, or a time of years, months, weeks or days from a named event.
    ///
    /// Nil for the first, which is over when the copy has left, and for what is neither.
    func retention(_ name: Name) -> CompiledRetention? {
        if name.value == "until-delivered" { return nil }
        let words = name.value.split(separator: " ")
        let isTime =
            words.first.map { word in
                word.first == "P" && word.count > 2 && word.count <= 6 && "YMWD".contains(word.last ?? " ")
                    && word.dropFirst().dropLast().allSatisfy { $0.isASCII && $0.isNumber }
            } ?? false
        if words.count == 3, isTime, words[1] == "from", IdentifierGrammar.accepts(String(words[2])) {
            return CompiledRetention(time: String(words[0]), event: String(words[2]))
        }
        log.error(
            name.span, "`\(name.value)` is not a retention",
            "write `until-delivered`, or a time from an event: `P2Y from case-closed`")
        return nil
    }

    /// A time of at most 366 days for `what`; nil when it is none.
    func time(_ name: Name, _ what: String) -> Duration? {
        if let duration = Self.duration(name.value), duration > .zero, duration <= .seconds(366 * 86_400) {
            return duration
        }
        log.error(
            name.span, "`\(name.value)` is no time for \(what)", "write days or hours, `P7D` or `PT36H`; at most P366D")
        return nil
    }

    /// A whole number within bounds.
    func whole(_ name: Name, _ range: ClosedRange<Int>, _ what: String) -> Int? {
        if let number = Int(name.value), range.contains(number) { return number }
        log.error(
            name.span, "`\(name.value)` is no number for \(what)",
            "write a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }
}

/// What a message has when its text says nothing.
enum MessageDefaults {
    static let life: Duration = .seconds(14 * 86_400)
}
