import ConcordatJSON
import ConcordatTerms

/// The scalars of a document with their data path and the person each stands with: what the demo lays side by side.
struct DemoDocument {
    struct Scalar {
        let pointer: JSONPointer
        /// The place with `*` for indexes, as schemas and leaves name it.
        let path: String
        /// The reference of the person it is about, as this document writes it; empty for nobody.
        let person: String
        let value: String
    }

    private(set) var scalars: [Scalar] = []

    init(_ data: JSONValue) { walk(data, JSONPointer(), "", "") }

    private mutating func walk(_ value: JSONValue, _ pointer: JSONPointer, _ path: String, _ person: String) {
        switch value {
        case .object(let members):
            let own = members.first { $0.name == "ref" || $0.name == "about" }?.value.stringValue ?? person
            for member in members { walk(member.value, pointer.appending(member.name), path + "/" + member.name, own) }
        case .array(let items):
            for (index, item) in items.enumerated() {
                walk(item, pointer.appending(String(index)), path + "/*", person)
            }
        case .string(let text): note(pointer, path, person, text)
        case .number(let number): note(pointer, path, person, number.text)
        case .bool(let bool): note(pointer, path, person, String(bool))
        case .null: note(pointer, path, person, "null")
        }
    }

    private mutating func note(_ pointer: JSONPointer, _ path: String, _ person: String, _ value: String) {
        scalars.append(Scalar(pointer: pointer, path: path, person: person, value: value))
    }
}
