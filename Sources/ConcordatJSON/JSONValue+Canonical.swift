package import ConcordatTerms

/// Why a tree has no canonical form. Says where, never what.
package struct JSONCanonicalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Everything a tree can be refused for.
    package enum Kind: String, CaseIterable, Sendable {
        /// Two members of one object have the same name.
        case duplicateName
        /// A name or string holds a noncharacter, which I-JSON forbids.
        case noncharacter
        /// A number beyond the greatest double.
        case numberTooGreat
        /// A number that no double stands for, where exact ones were asked for.
        case numberNotExact
    }

    /// What is wrong.
    package let kind: Kind
    /// The value, with doubtful names replaced by `?` as in ``JSONError``.
    package let pointer: JSONPointer

    /// One line in lower case.
    package var description: String {
        let phrase =
            switch kind {
            case .duplicateName: "duplicate member name"
            case .noncharacter: "unicode noncharacter"
            case .numberTooGreat: "number beyond the range of a double"
            case .numberNotExact: "number that a double cannot hold"
            }
        return "no canonical form: \(phrase) in \(pointer.tokens.isEmpty ? "the document" : pointer.description)"
    }
}

extension JSONValue {
    /// The canonical bytes of RFC 8785: names sorted by UTF-16 code units, numbers as ECMAScript prints doubles, no space.
    ///
    /// A number becomes the nearest double, so that different decimals can have the same bytes: `9007199254740993` and
    /// `9007199254740992` do. With `requiringExactNumbers` a number is refused unless the bytes written for it are the same
    /// decimal; equal bytes then mean equal trees. Goes as deep on the call stack as the tree does.
    package func canonical(requiringExactNumbers: Bool = false) throws(JSONCanonicalError) -> [UInt8] {
        var form = CanonicalForm(requiresExactNumbers: requiringExactNumbers)
        try form.write(self)
        return form.writer.bytes
    }
}

private struct CanonicalForm {
    let requiresExactNumbers: Bool
    var writer = JSONWriter()
    private var path: [String] = []

    init(requiresExactNumbers: Bool) { self.requiresExactNumbers = requiresExactNumbers }

    mutating func write(_ value: JSONValue) throws(JSONCanonicalError) {
        switch value {
        case .object(let members): try write(members)
        case .array(let items):
            writer.beginArray()
            for (index, item) in items.enumerated() {
                path.append(String(index))
                try write(item)
                path.removeLast()
            }
            writer.endArray()
        case .string(let text):
            try check(text)
            writer.string(text)
        case .number(let number): try write(number)
        case .bool(let bool): writer.bool(bool)
        case .null: writer.null()
        }
    }

    private mutating func write(_ members: [JSONMember]) throws(JSONCanonicalError) {
        let sorted = members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
        writer.beginObject()
        for (index, member) in sorted.enumerated() {
            path.append(JSONError.token(showing: member.name))
            if index > 0, sorted[index - 1].name.isSameJSON(as: member.name) { throw failure(.duplicateName) }
            try check(member.name)
            writer.name(member.name)
            try write(member.value)
            path.removeLast()
        }
        writer.endObject()
    }

    private mutating func write(_ number: JSONNumber) throws(JSONCanonicalError) {
        guard let double = Double(number.text), double.isFinite else { throw failure(.numberTooGreat) }
        let text = double.ecmaScriptText
        if requiresExactNumbers, JSONDecimal(text) != number.decimal { throw failure(.numberNotExact) }
        writer.raw(text.utf8)
    }

    private func check(_ text: String) throws(JSONCanonicalError) {
        for scalar in text.unicodeScalars where StringScanner.isNoncharacter(scalar.value) {
            throw failure(.noncharacter)
        }
    }

    private func failure(_ kind: JSONCanonicalError.Kind) -> JSONCanonicalError {
        JSONCanonicalError(kind: kind, pointer: JSONPointer(tokens: path))
    }
}

extension Double {
    /// The text of ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20). Must be finite.
    var ecmaScriptText: String {
        if self == 0 { return "0" }
        // Swift prints the shortest digits that read back as the same double, and the nearest of those, as ECMAScript
        // asks; only the layout differs.
        let (digits, point) = shortestDigits
        let sign = self < 0 ? "-" : ""
        let count = digits.count
        switch point {
        case count...21: return sign + digits + String(repeating: "0", count: point - count)
        case 1...21: return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let tail = count == 1 ? "" : "." + digits.dropFirst()
            return sign + digits.prefix(1) + tail + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
        }
    }

    /// The significant digits d and the place n of the point, so that the magnitude is 0.d · 10^n.
    private var shortestDigits: (digits: String, point: Int) {
        let parts = magnitude.description.split(separator: "e")
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let all = halves[0] + (halves.count > 1 ? halves[1] : "")
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (String(digits), halves[0].count - leading + exponent)
    }
}
