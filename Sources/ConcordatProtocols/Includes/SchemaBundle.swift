import ConcordatJSON
import ConcordatTerms

/// A message schema with the definitions of other files brought in, so that it stands on its own.
///
/// `{"$ref": "../../common/schemas/person.json#/$defs/name"}` becomes `{"$ref": "#/$defs/common.schemas.person.name"}`, with
/// the definition under that name. Everything reached from there comes along; rings are left for the compiler to refuse.
struct SchemaBundle {
    /// Where a definition that was brought in stands in its own file.
    struct Origin: Equatable {
        let file: String
        let pointer: JSONPointer
    }

    /// What a reference to another file cannot be used for.
    struct Fault {
        let pointer: JSONPointer
        let message: String
        let advice: String
    }

    static let endings = [".json"]
    // Bound: definitions brought in.
    private static let definitionsMax = 200

    private let files: ProtocolFiles
    private var definitions: [JSONMember] = []
    private(set) var origins: [String: Origin] = [:]
    private(set) var faults: [Fault] = []
    private var documents: [String: JSONValue] = [:]

    init(files: ProtocolFiles) { self.files = files }

    /// The schema on its own; the schema itself when it refers to no other file.
    mutating func bundled(_ root: JSONValue, path: String) -> JSONValue {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let own = rewritten(root, at: JSONPointer(), in: nil, folder: folder)
        guard !definitions.isEmpty, var members = own.objectValue else { return own }
        let place = members.firstIndex { $0.name == "$defs" }
        let present = place.flatMap { members[$0].value.objectValue } ?? []
        let joined = JSONMember("$defs", .object(present + definitions))
        if let place { members[place] = joined } else { members.append(joined) }
        return .object(members)
    }

    /// Every reference out of a file, in the order of the text.
    static func references(in value: JSONValue) -> [String] {
        if let items = value.arrayValue { return items.flatMap(references) }
        return (value.objectValue ?? []).flatMap { member -> [String] in
            if member.name == "$ref", let text = member.value.stringValue, !text.hasPrefix("#") { return [text] }
            return references(in: member.value)
        }
    }

    /// `file` is nil in the message's own schema, whose references to itself stay as they are.
    private mutating func rewritten(
        _ value: JSONValue, at pointer: JSONPointer, in file: IncludePath?, folder: String
    ) -> JSONValue {
        if let items = value.arrayValue {
            return .array(
                items.enumerated().map { rewritten($1, at: pointer.appending(String($0)), in: file, folder: folder) })
        }
        guard let members = value.objectValue else { return value }
        return .object(
            members.map { member in
                let place = pointer.appending(member.name)
                guard member.name == "$ref", let text = member.value.stringValue, file != nil || !text.hasPrefix("#")
                else {
                    return JSONMember(member.name, rewritten(member.value, at: place, in: file, folder: folder))
                }
                return JSONMember("$ref", .string(reference(text, at: place, in: file, folder: folder) ?? text))
            })
    }

    private mutating func reference(
        _ text: String, at pointer: JSONPointer, in file: IncludePath?, folder: String
    ) -> String? {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("/$defs/"), let name = JSONPointer(parts[1])?.tokens.last,
            JSONPointer(parts[1])?.tokens.count == 2, IdentifierGrammar.accepts(name)
        else {
            note(pointer, file, "`$ref` names no definition of another file", "write `../../common/x.json#/$defs/name`")
            return nil
        }
        guard let target = parts[0].isEmpty ? file : IncludePath(parts[0], from: folder, endings: Self.endings) else {
            note(
                pointer, file, "`$ref` leads out of the folders beside the protocol's",
                "put shared definitions beside it, `../../common/x.json#/$defs/name`")
            return nil
        }
        let key = Self.key(target, name)
        guard origins[key] == nil else { return "#/$defs/" + key }
        guard origins.count < Self.definitionsMax else {
            note(pointer, file, "more than \(Self.definitionsMax) shared definitions", "use fewer")
            return nil
        }
        guard let definition = document(target)?["$defs"]?[name] else {
            note(
                pointer, file, "there is no `\(name)` in `\(target)`", "add it under `$defs`, or correct the reference")
            return nil
        }
        let origin = JSONPointer(tokens: ["$defs", name])
        // Order matters: known before it is walked, so that a ring ends here and the compiler sees it.
        origins[key] = Origin(file: target.description, pointer: origin)
        let own = rewritten(definition, at: origin, in: target, folder: target.folder)
        definitions.append(JSONMember(key, own))
        return "#/$defs/" + key
    }

    private mutating func document(_ path: IncludePath) -> JSONValue? {
        if let known = documents[path.description] { return known }
        guard let bytes = files[path.description] else { return nil }
        let read = try? JSONValue.parse(bytes, limits: SchemaLoader.limits)
        documents[path.description] = read
        return read
    }

    private mutating func note(_ pointer: JSONPointer, _ file: IncludePath?, _ message: String, _ advice: String) {
        let inside = file.map { " (in `\($0)`)" } ?? ""
        faults.append(
            Fault(pointer: file == nil ? pointer : JSONPointer(), message: message + inside, advice: advice))
    }

    /// `common.schemas.person.name`.
    private static func key(_ path: IncludePath, _ name: String) -> String {
        let stem = path.description.dropFirst("../".count).dropLast(".json".count)
        return stem.split(separator: "/").joined(separator: ".") + "." + name
    }
}
