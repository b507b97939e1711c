package import ConcordatJSON

/// Everything the text of a message schema can be refused for.
package enum SchemaFaultKind: Hashable, Sendable {
    // The text and its nodes.
    case json(JSONError.Kind)
    case notASchema
    case rootNotObject
    case missingType
    case unknownType
    case typeList
    case tooManyNodes
    case tooDeep
    case tooManyRoles
    // Keywords.
    case unknownKeyword
    case combinator
    case misplacedKeyword
    case keywordValue
    case onlyAtRoot
    case dialect
    // References.
    case referenceForm
    case referenceTarget
    case referenceCycle
    case referenceSibling
    case unreachableDefinition
    // Constraints.
    case additionalProperties
    case propertyName
    case requiredUndeclared
    case missingItems
    case emptyEnum
    case enumValue
    case enumAndConst
    case emptyRange
    case format
    case patternAnchors
    case patternPortability
    case patternSyntax
    case patternSize
    // Annotations.
    case missingCategory
    case unknownCategory
    case structuralCategory
    case personMember
    case roleMember
    case unknownRole
    case roleOutsidePerson
    case aboutTarget
    case aboutOnPerson
    case factType
    case factRange
    case requestsType
    case requestCodes
    case partyType
    case unknownCodelist
    case codelistType
    case freeTextType
    case nature
    case memberPointer
}

extension SchemaFaultKind: CustomStringConvertible {
    /// The fault in a few lower-case words.
    package var description: String { words.problem }
    /// What to do about it, in a lower-case sentence without a full stop.
    package var advice: String { words.advice }

    private var words: (problem: String, advice: String) {
        switch self {
        case .json(let kind): ("not strict json: \(kind.phrase)", "correct the text at this place")
        case .notASchema: ("not a schema object", "write an object with a `type` or a `$ref`")
        case .rootNotObject: ("the root is not an object", "give the root `type` `object`")
        case .missingType: ("no type", "give every node one `type`, or a `$ref`")
        case .unknownType:
            ("unknown type", "use one of `object array string integer number boolean null`")
        case .typeList: ("more than one type", "give one type; leave a member out instead of sending null")
        case .tooManyNodes:
            ("too many nodes", "a schema has at most 2000 nodes after `$ref` is resolved; split the message")
        case .tooDeep: ("nested too deeply", "documents are at most 32 levels deep; flatten the message")
        case .tooManyRoles: ("too many roles", "a protocol declares at most 64 roles")
        case .unknownKeyword: ("unknown keyword", "remove it; a keyword that is not checked would promise too much")
        case .combinator:
            ("schemas are not combined here", "describe one object with optional members, or use a message of its own")
        case .misplacedKeyword: ("keyword does not go with this type", "remove it, or change the `type`")
        case .keywordValue: ("value of the wrong kind for this keyword", "see json schema 2020-12 for what it takes")
        case .onlyAtRoot: ("keyword outside the root", "move it to the root of the schema")
        case .dialect:
            ("another json schema dialect", "use `https://json-schema.org/draft/2020-12/schema`, or leave it out")
        default: constraintWords
        }
    }

    private var constraintWords: (problem: String, advice: String) {
        switch self {
        case .referenceForm: ("not a local reference", "refer to `#/$defs/<name>` of this schema only")
        case .referenceTarget: ("reference to nothing", "define the name under `$defs`")
        case .referenceCycle: ("reference cycle", "a message cannot contain itself; break the cycle")
        case .referenceSibling:
            (
                "constraint beside a reference",
                "move it into the definition; beside `$ref` only texts and `x-` annotations stand"
            )
        case .unreachableDefinition: ("definition never used", "refer to it or remove it")
        case .additionalProperties:
            ("additional properties not refused", "set `additionalProperties` to false on every object")
        case .propertyName: ("property name outside the grammar", "use `[a-z][a-z0-9-]{0,63}`")
        case .requiredUndeclared: ("required member not declared", "declare it under `properties`")
        case .missingItems: ("array without items", "give `items` one schema")
        case .emptyEnum: ("no value is possible", "list at least one value")
        case .enumValue:
            ("value not of this type, or listed twice", "list scalar values of the node's `type`, each once")
        case .enumAndConst: ("both enum and const", "keep one of them")
        case .emptyRange: ("no value is possible", "make the lower bound at most the upper one")
        case .format: ("unknown format", "use one of `date date-time email uuid uri`")
        case .patternAnchors:
            (
                "pattern not anchored",
                "begin with `^` and end with `$`, and put alternatives between them in parentheses"
            )
        case .patternPortability:
            ("pattern read differently by other validators", "do without `\\p`, `\\P`, and bare `^` or `$` inside")
        case .patternSyntax: ("pattern outside rfc 9485", "write an I-Regexp between `^` and `$`")
        case .patternSize: ("pattern too large", "lower its counts; it may have at most 1000 states")
        default: annotationWords
        }
    }

    private var annotationWords: (problem: String, advice: String) {
        switch self {
        case .missingCategory: ("no category", "give it or one of its parents an `x-category`")
        case .unknownCategory: ("unknown category", "name one that the protocol declares")
        case .structuralCategory: ("category on a structural member", "remove it; references and roles are not fields")
        case .personMember: ("no such reference member", "name a required string member of this object")
        case .roleMember: ("no such role member", "name a string enum of roles, or an array of one, of this object")
        case .unknownRole: ("unknown role", "name one that the protocol declares")
        case .roleOutsidePerson: ("role on an object that is no person", "add `x-person`, or remove `x-role`")
        case .aboutTarget: ("no such reference member", "point to a required string member of the nearest object")
        case .aboutOnPerson: ("a person object is about its person", "remove `x-about`")
        case .factType:
            (
                "this type cannot be a fact",
                "use an enum, a boolean, a bounded integer or a date; `age` goes on a person's date"
            )
        case .factRange: ("fact without a narrow range", "give `minimum` and `maximum` at most 1000 apart")
        case .requestsType: ("not a list of codes", "put `x-requests` on a string with an `enum`")
        case .requestCodes: ("codes do not match the enum", "name each value of the `enum` once, and nothing else")
        case .partyType: ("this type cannot hold a party id", "put `x-party` on a string field")
        case .unknownCodelist: ("unknown code list", "name a file of `codelists` without `.csv`")
        case .codelistType: ("this type cannot hold a code", "put `x-codelist` on a string without `enum`")
        case .freeTextType: ("this type cannot hold free text", "put `x-free-text` on a string")
        case .nature: ("unknown nature", "use `fact` or `assessment`")
        case .memberPointer: ("no such member", "point to a member of the nearest object")
        default: ("not a valid schema", "correct the text at this place")
        }
    }
}
