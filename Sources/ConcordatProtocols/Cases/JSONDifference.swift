import ConcordatJSON
import ConcordatTerms

/// Where two documents differ. Says what kind of thing is there, never the value.
struct JSONDifference {
    // Bound: differences told of one document.
    private static let countMax = 20

    let pointer: JSONPointer
    let expected: String
    let actual: String

    static func between(_ expected: JSONValue, _ actual: JSONValue) -> [JSONDifference] {
        var found: [JSONDifference] = []
        collect(expected, actual, JSONPointer(), &found)
        return found
    }

    private static func collect(
        _ expected: JSONValue, _ actual: JSONValue, _ place: JSONPointer, _ found: inout [JSONDifference]
    ) {
        guard found.count < countMax, expected != actual else { return }
        if let left = expected.objectValue, let right = actual.objectValue {
            let names = Set(left.map(\.name) + right.map(\.name)).sorted()
            for name in names { member(expected[name], actual[name], place.appending(name), &found) }
        } else if let left = expected.arrayValue, let right = actual.arrayValue {
            for index in 0..<max(left.count, right.count) {
                member(expected[index], actual[index], place.appending(String(index)), &found)
            }
        } else {
            found.append(JSONDifference(pointer: place, expected: kind(expected), actual: "another \(kind(actual))"))
        }
    }

    private static func member(
        _ expected: JSONValue?, _ actual: JSONValue?, _ place: JSONPointer, _ found: inout [JSONDifference]
    ) {
        switch (expected, actual) {
        case (let left?, let right?): collect(left, right, place, &found)
        case (let left?, nil): found.append(JSONDifference(pointer: place, expected: kind(left), actual: "nothing"))
        case (nil, let right?): found.append(JSONDifference(pointer: place, expected: "nothing", actual: kind(right)))
        case (nil, nil): break
        }
    }

    private static func kind(_ value: JSONValue) -> String {
        switch value {
        case .object: "object"
        case .array: "array"
        case .string: "string"
        case .number: "number"
        case .bool: "boolean"
        case .null: "null"
        }
    }
}
