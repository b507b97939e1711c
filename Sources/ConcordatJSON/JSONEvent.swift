/// One step of a document, as ``JSONReader`` meets it.
package enum JSONEvent: Equatable, Sendable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    /// A member name, checked against all earlier names of its object.
    case name(JSONSlice)
    case string(JSONSlice)
    case number(JSONSlice)
    case bool(Bool)
    case null
    /// The bytes so far end before the next step; call again with more of them.
    case incomplete
    /// The document is whole and nothing but white space followed its value. Given again on every later call.
    case end
}
