import ConcordatJSON
import ConcordatTerms

// What the keywords of one node allow, read into the table.
extension SchemaCompiler {
    /// Reads a lower and an upper count. Counts beyond 32 bits mean the largest one.
    mutating func readCounts(of index: Int, _ keywords: SchemaKeywords, _ lower: String, _ upper: String) {
        table.nodes[index].countMin = count(keywords, lower) ?? 0
        table.nodes[index].countMax = count(keywords, upper) ?? .max
        if table.nodes[index].countMin > table.nodes[index].countMax { fault(.emptyRange, keywords.place(of: lower)) }
    }

    private mutating func count(_ keywords: SchemaKeywords, _ name: String) -> Int32? {
        guard let entry = keywords.entry(name) else { return nil }
        guard let value = entry.value.intValue, value >= 0 else { fault(.keywordValue, entry.pointer); return nil }
        return Int32(clamping: value)
    }

    mutating func readString(_ index: Int, _ keywords: SchemaKeywords) {
        readCounts(of: index, keywords, "minLength", "maxLength")
        if let values = enumValues(keywords, are: { $0.stringValue != nil }) {
            table.nodes[index].traits.insert(.hasEnum)
            for (place, value) in values.enumerated() {
                if let text = value.stringValue { table.texts.add(text, owner: index, value: place) }
            }
        }
        if let format = keywords.entry("format"), let name = format.value.stringValue {
            if let known = StringFormat(name: name) {
                table.nodes[index].format = known
            } else {
                fault(.format, format.pointer)
            }
        }
        if let pattern = keywords.entry("pattern"), let text = pattern.value.stringValue {
            do {
                table.patterns.append(try PatternAutomaton(text))
                table.nodes[index].pattern = Int32(table.patterns.count - 1)
            } catch {
                switch error {
                case .anchors: fault(.patternAnchors, pattern.pointer)
                case .portability: fault(.patternPortability, pattern.pointer)
                case .syntax: fault(.patternSyntax, pattern.pointer)
                case .size: fault(.patternSize, pattern.pointer)
                }
            }
        }
        if let list = keywords.entry("x-codelist"), let stem = list.value.stringValue {
            let stems = vocabulary.codelists.keys.sorted()
            guard let place = stems.firstIndex(of: stem) else { fault(.unknownCodelist, list.pointer); return }
            if keywords["enum"] != nil || keywords["const"] != nil { fault(.codelistType, list.pointer) }
            addCodelist(place, stem)
            table.nodes[index].codelist = Int32(place)
        }
    }

    /// The owner, in the table of texts, of the code list at a place among all stems.
    static func codelistOwner(_ place: Int) -> Int { -2 - place }

    private mutating func addCodelist(_ place: Int, _ stem: String) {
        guard !table.nodes.contains(where: { Int($0.codelist) == place }) else { return }
        for (value, code) in (vocabulary.codelists[stem] ?? []).sorted().enumerated() {
            table.texts.add(code, owner: Self.codelistOwner(place), value: value)
        }
    }

    mutating func readNumber(_ index: Int, _ keywords: SchemaKeywords) {
        var checks = NumberChecks()
        let isInteger = table.nodes[index].kind == .integer
        let values = enumValues(keywords) { value in
            guard let number = value.numberValue else { return false }
            return !isInteger || number.isInteger
        }
        checks.values = (values ?? []).compactMap { $0.numberValue?.decimal }
        checks.minimum = bound(keywords, "minimum")
        checks.maximum = bound(keywords, "maximum")
        checks.exclusiveMinimum = bound(keywords, "exclusiveMinimum")
        checks.exclusiveMaximum = bound(keywords, "exclusiveMaximum")
        checks.multipleOf = bound(keywords, "multipleOf")
        if let step = checks.multipleOf, step <= .zero { fault(.keywordValue, keywords.place(of: "multipleOf")) }
        if let low = checks.minimum, let high = checks.maximum, high < low {
            fault(.emptyRange, keywords.place(of: "minimum"))
        }
        if !checks.values.isEmpty { table.nodes[index].traits.insert(.hasEnum) }
        table.numbers.append(checks)
        table.nodes[index].numbers = Int32(table.numbers.count - 1)
    }

    private mutating func bound(_ keywords: SchemaKeywords, _ name: String) -> JSONDecimal? {
        guard let entry = keywords.entry(name) else { return nil }
        guard let number = entry.value.numberValue else { fault(.keywordValue, entry.pointer); return nil }
        return number.decimal
    }

    mutating func readBoolean(_ index: Int, _ keywords: SchemaKeywords) {
        guard let values = enumValues(keywords, are: { $0.boolValue != nil }) else { return }
        table.nodes[index].booleans = values.reduce(0) { $0 | ($1.boolValue == true ? 2 : 1) }
    }

    /// The values of `enum`, or the one of `const`; nil when there is neither.
    mutating func enumValues(_ keywords: SchemaKeywords, are isOfType: (JSONValue) -> Bool) -> [JSONValue]? {
        if let only = keywords.entry("const") {
            if keywords.entry("enum") != nil { fault(.enumAndConst, only.pointer) }
            if !isOfType(only.value) { fault(.enumValue, only.pointer) }
            return [only.value]
        }
        guard let list = keywords.entry("enum") else { return nil }
        guard let values = list.value.arrayValue else { fault(.keywordValue, list.pointer); return nil }
        if values.isEmpty { fault(.emptyEnum, list.pointer) }
        for (place, value) in values.enumerated() where !isOfType(value) || values[..<place].contains(value) {
            fault(.enumValue, list.pointer.appending(String(place)))
        }
        return values
    }
}
