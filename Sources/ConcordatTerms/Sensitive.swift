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

    public var description: String { "<sensitive>" }
    public var debugDescription: String { "<sensitive>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Sensitive: Equatable where Value: Equatable {}
extension Sensitive: Hashable where Value: Hashable {}
