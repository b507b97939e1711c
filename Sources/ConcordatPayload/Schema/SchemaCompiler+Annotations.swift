import ConcordatJSON
import ConcordatTerms

// Whom and what each node is about. Runs when all nodes are there and sound.
extension SchemaCompiler {
    mutating func annotate() {
        // Order matters: references and roles make members structural, and a structural member needs no category.
        for index in table.nodes.indices { readPerson(index) }
        for index in table.nodes.indices { readAbout(index) }
        for index in table.nodes.indices { readRole(index) }
        table.categories = Array(repeating: nil, count: table.nodes.count)
        table.subjects = Array(repeating: .nobody, count: table.nodes.count)
        table.statesRole = Array(repeating: false, count: table.nodes.count)
        for index in table.nodes.indices {
            inheritSubject(index)
            inheritCategory(index)
            readMarks(index)
            if let fact = keyword("x-fact", of: index), fact.boolValue != false { readFact(index, fact) }
        }
        for index in table.nodes.indices where table.nodes[index].kind == .object { buildMasks(index) }
        table.fieldNodes = table.nodes.indices.filter { table.nodes[$0].isField }.map { NodeIndex($0) }
        for (index, path) in table.paths.enumerated() { table.nodesByPath[path] = NodeIndex(index) }
        table.pathOrder = table.nodes.indices.sorted { table.paths[$0] < table.paths[$1] }
    }

    private func keyword(_ name: String, of index: Int) -> JSONValue? { drafts[index][name] }

    private func nearestObject(of index: Int) -> Int? {
        var here = index
        while here >= 0 {
            if table.nodes[here].kind == .object { return here }
            here = Int(table.nodes[here].parent)
        }
        return nil
    }

    // MARK: references

    /// Makes a required string member a reference; its slot among those of its object, or nil when it cannot be one.
    private mutating func reference(_ name: String, of object: Int) -> Int32? {
        guard let member = property(name, of: object), table.nodes[member].kind == .string,
            table.nodes[member].isRequired
        else { return nil }
        if table.nodes[member].referenceSlot < 0 {
            table.nodes[member].traits.formUnion([.reference, .structural])
            table.nodes[member].referenceSlot = table.nodes[object].referenceSlots
            table.nodes[object].referenceSlots += 1
        }
        return table.nodes[member].referenceSlot
    }

    private mutating func readPerson(_ index: Int) {
        guard let name = keyword("x-person", of: index)?.stringValue else { return }
        guard let slot = reference(name, of: index) else {
            fault(.personMember, drafts[index].place(of: "x-person")); return
        }
        table.nodes[index].aboutSlot = slot
        table.nodes[index].traits.formUnion([.opensScope, .personObject])
        if let about = drafts[index].entry("x-about") { fault(.aboutOnPerson, about.pointer) }
    }

    private mutating func readAbout(_ index: Int) {
        guard let about = drafts[index].entry("x-about"), let text = about.value.stringValue,
            !table.nodes[index].traits.contains(.personObject)
        else { return }
        guard text.hasPrefix("/") else {
            guard let role = Role(text).flatMap({ table.roles.firstIndex(of: $0) }) else {
                fault(.unknownRole, about.pointer)
                return
            }
            table.nodes[index].about = .role
            table.nodes[index].aboutRole = Int16(role)
            return
        }
        guard let pointer = JSONPointer(text), pointer.tokens.count == 1, let object = nearestObject(of: index),
            let slot = reference(pointer.tokens[0], of: object)
        else { fault(.aboutTarget, about.pointer); return }
        table.nodes[index].aboutSlot = slot
        table.nodes[index].traits.insert(.opensScope)
    }

    private mutating func readRole(_ index: Int) {
        guard let entry = drafts[index].entry("x-role") else { return }
        guard table.nodes[index].traits.contains(.personObject) else {
            fault(.roleOutsidePerson, entry.pointer); return
        }
        if let name = entry.value.stringValue {
            guard let role = Role(name).flatMap({ table.roles.firstIndex(of: $0) }) else {
                fault(.unknownRole, entry.pointer)
                return
            }
            table.nodes[index].fixedRole = Int16(role)
            return
        }
        guard let members = entry.value.objectValue, members.count == 1, let name = entry.value["member"]?.stringValue,
            let member = property(name, of: index)
        else { fault(.roleMember, entry.pointer); return }
        let value = table.nodes[member].kind == .array ? Int(table.nodes[member].item) : member
        guard value >= 0, table.nodes[value].kind == .string, table.nodes[value].traits.contains(.hasEnum),
            !table.nodes[value].traits.contains(.reference)
        else { fault(.roleMember, entry.pointer); return }
        table.nodes[member].traits.insert(.structural)
        table.nodes[value].traits.formUnion([.structural, .roleValue])
        table.nodes[value].enumRoles = Int32(table.enumRoles.count)
        for text in enumTexts(value) {
            guard let role = Role(text).flatMap({ table.roles.firstIndex(of: $0) }) else {
                fault(.unknownRole, drafts[value].place(of: "enum"))
                return
            }
            table.enumRoles.append(Int16(role))
        }
    }

    private func enumTexts(_ index: Int) -> [String] {
        if let only = keyword("const", of: index)?.stringValue { return [only] }
        return keyword("enum", of: index)?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    // MARK: inheritance

    private mutating func inheritSubject(_ index: Int) {
        let node = table.nodes[index]
        let parent = Int(node.parent)
        if node.traits.contains(.opensScope) {
            table.nodes[index].about = .person
            var roles = Set(table.roles)
            if node.fixedRole >= 0 {
                roles = [table.roles[Int(node.fixedRole)]]
                table.statesRole[index] = true
            } else if let name = keyword("x-role", of: index)?["member"]?.stringValue,
                let member = property(name, of: index)
            {
                let isList = table.nodes[member].kind == .array
                roles = Set(enumTexts(isList ? Int(table.nodes[member].item) : member).compactMap { Role($0) })
                table.statesRole[index] =
                    table.nodes[member].isRequired && (!isList || table.nodes[member].countMin > 0)
            }
            table.subjects[index] = .person(roles: roles)
        } else if node.about == .role {
            table.subjects[index] = .role(table.roles[Int(node.aboutRole)])
        } else if parent >= 0 {
            table.nodes[index].about = table.nodes[parent].about
            table.nodes[index].aboutRole = table.nodes[parent].aboutRole
            table.subjects[index] = table.subjects[parent]
            table.statesRole[index] = table.statesRole[parent]
        }
    }

    private mutating func inheritCategory(_ index: Int) {
        let node = table.nodes[index]
        let own = drafts[index].entry("x-category")
        if node.parent >= 0 {
            table.categories[index] = table.categories[Int(node.parent)]
        }
        if let own, let name = own.value.stringValue {
            guard let category = Category(name), vocabulary.categories.contains(category) else {
                fault(.unknownCategory, own.pointer)
                return
            }
            table.categories[index] = category
        }
        if node.traits.contains(.structural) {
            if let own { fault(.structuralCategory, own.pointer) }
            table.categories[index] = nil
            return
        }
        if table.categories[index] != nil {
            table.nodes[index].traits.insert(.field)
        } else if !node.kind.isContainer {
            fault(.missingCategory, drafts[index].pointer)
        }
    }

    // MARK: marks

    private mutating func readMarks(_ index: Int) {
        let draft = drafts[index]
        for name in ["x-as-of", "x-source"] {
            guard let entry = draft.entry(name), let text = entry.value.stringValue else { continue }
            guard let pointer = JSONPointer(text), pointer.tokens.count == 1, let object = nearestObject(of: index),
                property(pointer.tokens[0], of: object) != nil
            else { fault(.memberPointer, entry.pointer); continue }
        }
        if draft["x-free-text"]?.boolValue == true { table.freeText.insert(index) }
        if draft["x-free-text"] == nil, table.nodes[index].kind == .string { table.unmarked[index] = draft.pointer }
        if draft["x-party"]?.boolValue == true {
            if table.nodes[index].isField {
                table.nodes[index].traits.insert(.party)
                table.partyPaths.insert(table.paths[index])
            } else {
                fault(.partyType, draft.place(of: "x-party"))
            }
        }
        if let requests = draft.entry("x-requests") { readRequests(index, requests) }
    }

    private mutating func readRequests(_ index: Int, _ requests: SchemaKeywords.Entry) {
        let codes = enumTexts(index)
        guard !codes.isEmpty, table.nodes[index].isField, let members = requests.value.objectValue else {
            fault(.requestsType, requests.pointer)
            return
        }
        guard Set(members.map(\.name)) == Set(codes) else { fault(.requestCodes, requests.pointer); return }
        var categories: [Category] = []
        for code in codes {
            guard let name = requests.value[code]?.stringValue, let category = Category(name),
                vocabulary.categories.contains(category)
            else { fault(.unknownCategory, requests.pointer.appending(code)); return }
            // One code means one category in all of the message.
            if let other = table.requestCodes[code], other != category {
                fault(.requestCodes, requests.pointer.appending(code))
            }
            table.requestCodes[code] = category
            categories.append(category)
        }
        table.requests.append(categories)
        table.nodes[index].requests = Int32(table.requests.count - 1)
    }

    private mutating func readFact(_ index: Int, _ fact: JSONValue) {
        let node = table.nodes[index]
        guard fact.boolValue == true else {
            // The one other word: the age of the person this date of birth belongs to.
            guard fact.stringValue == "age", node.kind == .string, node.format == .date, node.about == .person else {
                self.fault(.factType, drafts[index].place(of: "x-fact")); return
            }
            return noteDate(index, .births, .birth)
        }
        if node.kind == .string, node.format == .date, !node.traits.contains(.hasEnum) {
            return noteDate(index, .dates, .day)
        }
        let values: FactDomain.Values
        var texts: [String]
        var lowest = 0
        switch node.kind {
        case .string where node.traits.contains(.hasEnum):
            texts = enumTexts(index)
            values = .strings(Set(texts))
        case .boolean:
            texts = ["false", "true"]
            values = .boolean
        case .integer:
            guard let low = keyword("minimum", of: index)?.intValue, let high = keyword("maximum", of: index)?.intValue,
                low <= high, high &- low < SchemaTable.factValuesMax, high &- low >= 0
            else { fault(.factRange, drafts[index].place(of: "x-fact")); return }
            texts = (low...high).map { String($0) }
            lowest = low
            values = .integers(low...high)
        default: fault(.factType, drafts[index].place(of: "x-fact")); return
        }
        table.nodes[index].fact = Int32(table.facts.count)
        table.facts.append(FactNode(path: table.paths[index], texts: texts, firstBit: table.factBits, lowest: lowest))
        table.factBits += texts.count
        table.factPaths[table.paths[index]] = FactDomain(values: values, isAlwaysPresent: isAlwaysPresent(index))
    }

    private mutating func noteDate(_ index: Int, _ values: FactDomain.Values, _ date: FactNode.DateFact) {
        table.nodes[index].fact = Int32(table.facts.count)
        table.facts.append(
            FactNode(path: table.paths[index], texts: [], firstBit: table.factBits, lowest: 0, date: date))
        table.factPaths[table.paths[index]] = FactDomain(values: values, isAlwaysPresent: isAlwaysPresent(index))
    }

    private func isAlwaysPresent(_ index: Int) -> Bool {
        var here = index
        while table.nodes[here].parent >= 0 {
            // Array items are never required.
            guard table.nodes[here].isRequired else { return false }
            here = Int(table.nodes[here].parent)
        }
        return true
    }

    /// The required members of an object, then its optional fields whose subject is known without them.
    private mutating func buildMasks(_ index: Int) {
        let words = table.nodes[index].maskWords
        var required = Array(repeating: UInt64(0), count: words)
        var optional = required
        for child in table.children(of: index) {
            let node = table.nodes[Int(child)]
            let bit: UInt64 = 1 << UInt64(node.bit % 64)
            if node.isRequired {
                required[Int(node.bit) / 64] |= bit
            } else if node.isField, !(node.kind == .object && node.traits.contains(.opensScope)) {
                optional[Int(node.bit) / 64] |= bit
            }
        }
        table.nodes[index].masksStart = Int32(table.masks.count)
        table.masks += required + optional
    }
}
