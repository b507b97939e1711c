/// A value that may describe a person. Logs, errors, mirrors and templates see only a placeholder.
///
/// The one way to the value is ``reveal()``: every call site is reviewed, and grep finds them all.
public struct Sensitive<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: Value

    /// Marks `value` as one that may describe a person.
    public init(_ value: Value) { self.value = value }

    /// The value itself. Say at the call site why it is needed there.
    public func reveal() -> Value { value }

    /// A placeholder, always the same.
    public var description: String { "<sensitive>" }
    /// A placeholder, always the same.
    public var debugDescription: String { "<sensitive>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Sensitive: Equatable where Value: Equatable {}
extension Sensitive: Hashable where Value: Hashable {}
