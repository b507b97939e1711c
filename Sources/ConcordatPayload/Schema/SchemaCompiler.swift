import ConcordatJSON
import ConcordatTerms

/// Turns the text of a schema into its table, or into all that is wrong with it.
///
/// First the nodes, `$ref` resolved and constraints checked; then whom and what each is about, which needs all nodes.
struct SchemaCompiler {
    let vocabulary: SchemaVocabulary
    var table = SchemaTable()
    /// What each node says, by index.
    var drafts: [SchemaKeywords] = []
    /// The place of each node where it is used; the draft's own may be its definition.
    private var faults: [SchemaFault] = []
    private var definitions: [JSONMember] = []
    private var usedDefinitions: Set<String> = []
    private var isOverfull = false

    init(vocabulary: SchemaVocabulary) {
        self.vocabulary = vocabulary
        table.roles = vocabulary.roles.sorted()
    }

    mutating func compile(_ text: [UInt8]) throws(SchemaFaults) -> SchemaTable {
        let root: JSONValue
        do {
            root = try JSONValue.parse(text, limits: JSONLimits(depthMax: 64, nameBytesMax: 1_024))
        } catch {
            throw SchemaFaults([SchemaFault(.json(error.kind), at: error.pointer)])
        }
        if vocabulary.roles.count > SchemaVocabulary.rolesMax { fault(.tooManyRoles, JSONPointer()) }
        readRoot(root)
        addNode(root, at: JSONPointer(), parent: -1, name: "", depth: 1, within: [])
        // What is wrong elsewhere may be why nothing refers to a definition.
        if faults.isEmpty {
            for definition in definitions where !usedDefinitions.contains(definition.name) {
                fault(.unreachableDefinition, JSONPointer(tokens: ["$defs", definition.name]))
            }
        }
        if let first = table.nodes.first, first.kind != .object { fault(.rootNotObject, drafts[0].place(of: "type")) }
        // The second half reads what the first has checked.
        if faults.isEmpty, !table.nodes.isEmpty { annotate() }
        guard faults.isEmpty, !table.nodes.isEmpty else { throw SchemaFaults(faults) }
        table.texts.seal()
        return table
    }

    /// Notes a fault once; a definition used twice is still wrong once.
    mutating func fault(_ kind: SchemaFaultKind, _ pointer: JSONPointer) {
        let fault = SchemaFault(kind, at: pointer)
        if !faults.contains(fault) { faults.append(fault) }
    }

    private mutating func readRoot(_ root: JSONValue) {
        guard let members = root.objectValue else { return }
        for member in members {
            let place = JSONPointer(tokens: [member.name])
            switch member.name {
            case "$schema":
                if member.value.stringValue != SchemaKeywordTable.dialect { fault(.dialect, place) }
            case "$id":
                table.id = member.value.stringValue
                if table.id == nil { fault(.keywordValue, place) }
            case "$defs":
                definitions = member.value.objectValue ?? []
                if member.value.objectValue == nil { fault(.keywordValue, place) }
            case "title": table.title = member.value.stringValue ?? ""
            default: break
            }
        }
    }

    // MARK: nodes

    /// Adds the node and everything below it; its index, or nil when it is no node at all.
    @discardableResult
    mutating func addNode(
        _ schema: JSONValue, at pointer: JSONPointer, parent: Int, name: String, depth: Int, within active: [String]
    ) -> Int? {
        guard !isOverfull else { return nil }
        guard table.nodes.count < SchemaTable.nodesMax else {
            isOverfull = true
            fault(.tooManyNodes, JSONPointer())
            return nil
        }
        guard depth <= SchemaTable.depthMax else { fault(.tooDeep, pointer); return nil }
        var active = active
        guard let keywords = resolve(schema, at: pointer, active: &active) else { return nil }
        checkKeywords(keywords, isRoot: parent < 0)
        guard let kind = kind(of: keywords) else { return nil }
        for entry in keywords.entries where SchemaKeywordTable.knows(entry.name) {
            if let problem = SchemaKeywordTable.misplacement(of: entry.name, on: kind) { fault(problem, entry.pointer) }
        }
        let index = table.nodes.count
        table.nodes.append(SchemaNode(kind: kind, parent: parent))
        table.names.append(name)
        table.paths.append(parent < 0 ? "" : "\(table.paths[parent])/\(name)")
        table.sources.append(source(of: keywords))
        drafts.append(keywords)
        switch kind {
        case .object: addProperties(of: index, keywords, depth: depth, within: active)
        case .array:
            readCounts(of: index, keywords, "minItems", "maxItems")
            if let items = keywords.entry("items") {
                let item = addNode(
                    items.value, at: items.pointer, parent: index, name: "*", depth: depth + 1, within: active)
                table.nodes[index].item = Int32(item ?? -1)
            } else {
                fault(.missingItems, keywords.pointer)
            }
        case .string: readString(index, keywords)
        case .integer, .number: readNumber(index, keywords)
        case .boolean: readBoolean(index, keywords)
        case .null: _ = enumValues(keywords) { $0.isNull }
        }
        return index
    }

    private mutating func kind(of keywords: SchemaKeywords) -> SchemaNode.Kind? {
        guard let type = keywords.entry("type") else { fault(.missingType, keywords.pointer); return nil }
        switch type.value.stringValue {
        case "object": return .object
        case "array": return .array
        case "string": return .string
        case "integer": return .integer
        case "number": return .number
        case "boolean": return .boolean
        case "null": return .null
        default:
            fault(type.value.arrayValue == nil ? .unknownType : .typeList, type.pointer)
            return nil
        }
    }

    private mutating func addProperties(of index: Int, _ keywords: SchemaKeywords, depth: Int, within active: [String])
    {
        readCounts(of: index, keywords, "minProperties", "maxProperties")
        if keywords["additionalProperties"]?.boolValue != false {
            fault(.additionalProperties, keywords.place(of: "additionalProperties"))
        }
        var children: [Int32] = []
        let properties = keywords.entry("properties")
        if let properties, properties.value.objectValue == nil { fault(.keywordValue, properties.pointer) }
        for member in properties?.value.objectValue ?? [] {
            let place = properties!.pointer.appending(member.name)
            guard Self.isPropertyName(member.name) else { fault(.propertyName, place); continue }
            let child = addNode(
                member.value, at: place, parent: index, name: member.name, depth: depth + 1, within: active)
            guard let child else { continue }
            table.nodes[child].bit = Int32(children.count)
            table.texts.add(member.name, owner: index, value: child)
            children.append(Int32(child))
        }
        table.nodes[index].propertiesStart = Int32(table.properties.count)
        table.nodes[index].propertiesCount = Int32(children.count)
        table.properties += children
        readRequired(of: index, keywords, declared: properties?.value.objectValue ?? [])
    }

    private mutating func readRequired(of index: Int, _ keywords: SchemaKeywords, declared: [JSONMember]) {
        guard let required = keywords.entry("required") else { return }
        guard let items = required.value.arrayValue else { fault(.keywordValue, required.pointer); return }
        for (place, item) in items.enumerated() {
            let pointer = required.pointer.appending(String(place))
            guard let name = item.stringValue, !items[..<place].contains(item) else {
                fault(.keywordValue, pointer); continue
            }
            guard declared.contains(where: { $0.name == name }) else { fault(.requiredUndeclared, pointer); continue }
            if let child = property(name, of: index) { table.nodes[child].traits.insert(.required) }
        }
    }

    /// The node of a property; nil when there is none.
    func property(_ name: String, of index: Int) -> Int? {
        table.children(of: index).first { table.names[Int($0)] == name }.map { Int($0) }
    }

    private static func isPropertyName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...64).contains(bytes.count), bytes[0] &- 0x61 < 26 else { return false }
        return bytes.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D }
    }

    private func source(of keywords: SchemaKeywords) -> NodeSource {
        var source = NodeSource()
        let constraints: Set<String> = [
            "type", "enum", "const", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
            "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxItems", "maxProperties",
        ]
        for entry in keywords.entries {
            if constraints.contains(entry.name) { source.constraints.append(JSONMember(entry.name, entry.value)) }
            if entry.name == "x-nature" { source.nature = entry.value.stringValue }
            if entry.name == "title" || entry.name == "description" {
                source.texts.append(JSONMember(entry.name, entry.value))
            }
        }
        return source
    }

    // MARK: references and keywords

    /// The keywords of a node, following `$ref`; nil when it leads nowhere.
    private mutating func resolve(
        _ schema: JSONValue, at pointer: JSONPointer, active: inout [String]
    ) -> SchemaKeywords? {
        guard var members = schema.objectValue else { fault(.notASchema, pointer); return nil }
        var here = pointer
        var keywords = SchemaKeywords(pointer: here)
        while true {
            keywords.add(members, at: here)
            guard let reference = members.first(where: { $0.name == "$ref" }) else { break }
            let place = here.appending("$ref")
            for member in members where !isReferenceSibling(member.name, isRoot: here.tokens.isEmpty) {
                fault(Self.problem(of: member.name) ?? .referenceSibling, here.appending(member.name))
            }
            let prefix = "#/$defs/"
            guard let text = reference.value.stringValue, text.hasPrefix(prefix),
                let target = JSONPointer(String(text.dropFirst())), target.tokens.count == 2
            else { fault(.referenceForm, place); return nil }
            guard let definition = definitions.first(where: { $0.name == target.tokens[1] }) else {
                fault(.referenceTarget, place)
                return nil
            }
            usedDefinitions.insert(definition.name)
            guard !active.contains(definition.name) else { fault(.referenceCycle, place); return nil }
            active.append(definition.name)
            here = target
            guard let next = definition.value.objectValue else { fault(.notASchema, here); return nil }
            members = next
        }
        keywords.pointer = here
        return keywords
    }

    private func isReferenceSibling(_ name: String, isRoot: Bool) -> Bool {
        name == "$ref" || SchemaKeywordTable.texts.contains(name) || SchemaKeywordTable.annotations.contains(name)
            || isRoot && SchemaKeywordTable.rootOnly.contains(name)
    }

    private static func problem(of name: String) -> SchemaFaultKind? {
        if SchemaKeywordTable.combinators.contains(name) { return .combinator }
        return SchemaKeywordTable.knows(name) ? nil : .unknownKeyword
    }

    private mutating func checkKeywords(_ keywords: SchemaKeywords, isRoot: Bool) {
        for entry in keywords.entries {
            if let problem = Self.problem(of: entry.name) { fault(problem, entry.pointer); continue }
            // A definition that is also the root cannot be: the root's own pointer is one token long.
            if SchemaKeywordTable.rootOnly.contains(entry.name), !isRoot || entry.pointer.tokens.count > 1 {
                fault(.onlyAtRoot, entry.pointer)
            }
            switch entry.name {
            case "title", "description", "$comment":
                if entry.value.stringValue == nil { fault(.keywordValue, entry.pointer) }
            case "x-fact" where entry.value.stringValue == "age": break
            case "deprecated", "x-fact", "x-party", "x-free-text":
                if entry.value.boolValue == nil { fault(.keywordValue, entry.pointer) }
            case "examples": if entry.value.arrayValue == nil { fault(.keywordValue, entry.pointer) }
            case "x-category", "x-about", "x-person", "x-as-of", "x-source", "x-codelist", "pattern", "format":
                if entry.value.stringValue == nil { fault(.keywordValue, entry.pointer) }
            case "x-nature":
                let known = entry.value.stringValue == "fact" || entry.value.stringValue == "assessment"
                if !known { fault(.nature, entry.pointer) }
            default: break
            }
        }
    }
}
