import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// A second cutter, over trees and by plain recursion, written from the contract alone. For schemas of the generator.
struct PlainCutter {
    struct Rule {
        let action: FieldAction
        let isSilent: Bool
    }

    enum Outcome {
        case kept(JSONValue, Told)
        case dropped(isTold: Bool)
    }

    struct Told {
        var withheld: [JSONPointer] = []
        var masked: [JSONPointer] = []
        var notSupplied: [JSONPointer] = []

        func under(_ token: String) -> Told {
            let move: (JSONPointer) -> JSONPointer = { JSONPointer(tokens: [token] + $0.tokens) }
            return Told(withheld: withheld.map(move), masked: masked.map(move), notSupplied: notSupplied.map(move))
        }

        mutating func add(_ other: Told) {
            withheld += other.withheld
            masked += other.masked
            notSupplied += other.notSupplied
        }
    }

    let schema: JSONValue
    /// The minted id of each of the sender's references.
    let ids: [String: PersonID]
    let rule: (_ path: String, CopySubject) -> Rule

    private static let structural: Set<String> = ["ref", "who", "role", "roles"]

    func cut(_ document: JSONValue) -> Outcome {
        walk(document, schema, "", .nobody, document, inherits: false)
    }

    private func resolved(_ node: JSONValue) -> JSONValue {
        var node = node
        while let name = node["$ref"]?.stringValue?.dropFirst(8) { node = schema["$defs"]![String(name)]! }
        return node
    }

    private func person(_ object: JSONValue, _ member: String) -> CopySubject {
        .person(ids[object[member]!.stringValue!]!)
    }

    private func subject(_ node: JSONValue, _ value: JSONValue?, _ outer: CopySubject, _ owner: JSONValue)
        -> CopySubject?
    {
        let isObject = node["type"] == "object"
        if let member = node["x-person"]?.stringValue { return value.map { person($0, member) } }
        guard let about = node["x-about"]?.stringValue else { return outer }
        guard about.hasPrefix("/") else { return .role(Role(about)!) }
        guard let object = isObject ? value : owner else { return nil }
        return person(object, String(about.dropFirst()))
    }

    private func walk(
        _ value: JSONValue, _ node: JSONValue, _ path: String, _ outer: CopySubject, _ owner: JSONValue, inherits: Bool
    ) -> Outcome {
        let subject = subject(node, value, outer, owner)!
        let isField = inherits || node["x-category"] != nil
        let rule = isField ? self.rule(path, subject) : nil
        if let rule, rule.action == .drop { return .dropped(isTold: !rule.isSilent) }
        switch node["type"] {
        case "object": return object(value, node, path, subject, rule, isField)
        case "array": return array(value, node, path, subject, owner, rule, isField)
        default: break
        }
        guard let rule, rule.action != .keep else { return .kept(value, Told()) }
        guard let changed = value.stringValue.flatMap({ Self.changed($0, rule.action) }) else {
            return .dropped(isTold: !rule.isSilent)
        }
        return .kept(.string(changed), Told(masked: rule.isSilent ? [] : [JSONPointer()]))
    }

    private func array(
        _ value: JSONValue, _ node: JSONValue, _ path: String, _ subject: CopySubject, _ owner: JSONValue,
        _ rule: Rule?,
        _ isField: Bool
    ) -> Outcome {
        let items = value.arrayValue!
        var kept: [JSONValue] = []
        var told = Told()
        var isTold = false
        for item in items {
            switch walk(item, resolved(node["items"]!), path + "/*", subject, owner, inherits: isField) {
            case .kept(let value, let inside):
                told.add(inside.under(String(kept.count)))
                kept.append(value)
            case .dropped(let tells): isTold = isTold || tells
            }
        }
        guard !kept.isEmpty || items.isEmpty && rule?.action == .keep else { return .dropped(isTold: isTold) }
        if isTold { told.withheld.append(JSONPointer()) }
        return .kept(.array(kept), told)
    }

    private func object(
        _ value: JSONValue, _ node: JSONValue, _ path: String, _ subject: CopySubject, _ rule: Rule?, _ isField: Bool
    ) -> Outcome {
        var kept: [JSONMember] = []
        var told = Told()
        var fields = 0
        var keptFields = 0
        var isTold = false
        for member in value.objectValue! {
            if Self.structural.contains(member.name) {
                let id = member.value.stringValue.flatMap { ids[$0] }
                kept.append(JSONMember(member.name, id.map { .string($0.rawValue) } ?? member.value))
                continue
            }
            fields += 1
            let child = resolved(node["properties"]![member.name]!)
            switch walk(member.value, child, "\(path)/\(member.name)", subject, value, inherits: isField) {
            case .kept(let value, let inside):
                keptFields += 1
                kept.append(JSONMember(member.name, value))
                told.add(inside.under(member.name))
            case .dropped(let tells):
                isTold = isTold || tells
                if tells { told.withheld.append(JSONPointer(tokens: [member.name])) }
            }
        }
        guard keptFields > 0 || fields == 0 && rule?.action == .keep else { return .dropped(isTold: isTold) }
        for property in node["properties"]!.objectValue! where value[property.name] == nil {
            let child = resolved(property.value)
            guard !Self.structural.contains(property.name), isField || child["x-category"] != nil,
                let subject = self.subject(child, nil, subject, value)
            else { continue }
            let absent = self.rule("\(path)/\(property.name)", subject)
            if absent.action != .drop, !absent.isSilent {
                told.notSupplied.append(JSONPointer(tokens: [property.name]))
            }
        }
        return .kept(.object(kept), told)
    }

    /// The two transforms the generated plans use.
    static func changed(_ text: String, _ action: FieldAction) -> String? {
        switch action {
        case .year: String(text.prefix(4))
        case .initials:
            [
                "a": "A.", "ab": "A.", "cd": "C.", "abe": "A.", "é": "É.", "bcd": "B.", "-a": "A.", "abcdef": "A.",
                "é😀x": "É.",
            ][text]
        default: nil
        }
    }
}
