package import ConcordatTerms

/// Floor 2, ConcordatJSON: strict I-JSON as bytes; a reader, a writer, a tree, decimals, RFC 8785; no personal meaning.
///
/// A pull reader over the bytes of one document received so far (RFC 8259 within RFC 7493).
///
/// It can stop after any byte and go on when more have come: the steps and errors are the same however the document was
/// split, and the whole costs linear time. A fault is reported as soon as the byte that shows it is there. Nesting uses no
/// call stack. After an error every further call throws the same error.
///
/// The slices of its events stay true for the life of the document's bytes.
package struct JSONReader: Sendable {
    /// Objects and arrays open now.
    package private(set) var depth = 0
    /// Bytes used up so far; the first byte not yet part of a step that was given out.
    package private(set) var offset = 0

    /// What the grammar allows next.
    private enum Expected: UInt8, Sendable {
        case value, itemOrEnd, item, nameOrEnd, name, colon, commaOrEnd, nothing
    }

    /// A token cut off by the end of the bytes so far.
    private enum Token: UInt8, Sendable {
        case none, name, string, number
    }

    /// One open object or array.
    private struct Frame: Sendable {
        let isObject: Bool
        /// Where the object's names begin in the table.
        let nameBase: Int
        /// Members or items begun.
        var count: Int
    }

    private let limits: JSONLimits
    private var expected = Expected.value
    private var token = Token.none
    private var stringScanner = StringScanner(index: 0)
    private var numberScanner = NumberScanner(start: 0)
    private var frame = Frame(isObject: false, nameBase: 0, count: 0)
    private var outer: [Frame] = []
    private var names = NameTable()

    /// A reader before its first byte. `limits` are clamped.
    package init(limits: JSONLimits = .init()) { self.limits = limits.clamped }

    /// The next step.
    ///
    /// `document` is all bytes received so far, from the first; those given before must not have changed. `isComplete`
    /// says that no more will come. Bytes beyond `documentBytesMax` are never looked at: reaching them is an error.
    package mutating func next(in document: RawSpan, isComplete: Bool) throws(JSONError) -> JSONEvent {
        let end = min(document.byteCount, limits.documentBytesMax)
        if token != .none { return try resume(document, end, isComplete) }
        while true {
            offset = document.skipWhitespace(offset, end)
            guard offset < end else { return try ranOut(document, isComplete) }
            let byte = document.byte(at: offset)
            switch expected {
            case .commaOrEnd:
                if byte == UInt8(ascii: ",") {
                    offset += 1
                    expected = frame.isObject ? .name : .item
                    continue
                }
                guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw failure(.unexpectedByte, offset, document)
                }
                return close()
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw failure(.unexpectedByte, offset, document) }
                offset += 1
                expected = .value
                continue
            case .name, .nameOrEnd:
                if byte == UInt8(ascii: "\"") {
                    guard frame.count < limits.membersMax else { throw failure(.tooManyMembers, offset, document) }
                    return try name(StringScanner(index: offset + 1), document, end, isComplete)
                }
                guard byte == UInt8(ascii: "}"), expected == .nameOrEnd else {
                    throw failure(.unexpectedByte, offset, document)
                }
                return close()
            case .itemOrEnd, .item:
                if byte == UInt8(ascii: "]"), expected == .itemOrEnd { return close() }
                guard frame.count < limits.itemsMax else { throw failure(.tooManyItems, offset, document) }
                frame.count += 1
                expected = .value
                return try value(byte, document, end, isComplete)
            case .value: return try value(byte, document, end, isComplete)
            case .nothing: throw failure(.trailingBytes, offset, document)
            }
        }
    }

    /// Goes on with a token cut off before.
    @inline(never)
    private mutating func resume(
        _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        switch token {
        case .none: preconditionFailure("no token was cut off at \(offset)")
        case .name: try name(stringScanner, document, end, isComplete)
        case .string: try string(stringScanner, document, end, isComplete)
        case .number: try number(numberScanner, document, end, isComplete)
        }
    }

    // MARK: values

    @inline(__always)
    private mutating func value(
        _ byte: UInt8, _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        switch byte {
        case UInt8(ascii: "\""): return try string(StringScanner(index: offset + 1), document, end, isComplete)
        case UInt8(ascii: "{"): return try open(isObject: true, document)
        case UInt8(ascii: "["): return try open(isObject: false, document)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number(NumberScanner(start: offset), document, end, isComplete)
        case UInt8(ascii: "t"): return try literal(0x6575_7274, 4, .bool(true), document, end, isComplete)
        case UInt8(ascii: "f"): return try literal(0x65_736C_6166, 5, .bool(false), document, end, isComplete)
        case UInt8(ascii: "n"): return try literal(0x6C6C_756E, 4, .null, document, end, isComplete)
        case 0xEF where offset == 0: return try byteOrderMark(document, end, isComplete)
        default: throw failure(.unexpectedByte, offset, document)
        }
    }

    @inline(__always)
    private mutating func string(
        _ begun: StringScanner, _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        var scanner = begun
        switch scanner.scan(document, to: end) {
        case .closed:
            let slice = JSONSlice(start: offset + 1, end: scanner.index, hasEscapes: scanner.hasEscapes)
            token = .none
            offset = scanner.index + 1
            expected = depth == 0 ? .nothing : .commaOrEnd
            return .string(slice)
        case .ranOut:
            (token, stringScanner) = (.string, scanner)
            return try ranOut(document, isComplete)
        case .failed(let kind): throw failure(kind, scanner.index, document)
        }
    }

    @inline(__always)
    private mutating func name(
        _ begun: StringScanner, _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        var scanner = begun
        // One byte more than the bound, for the closing quote.
        let nameEnd = offset + 1 + limits.nameBytesMax + 1
        switch scanner.scan(document, to: min(end, nameEnd)) {
        case .closed:
            let slice = JSONSlice(start: offset + 1, end: scanner.index, hasEscapes: scanner.hasEscapes)
            guard names.insert(slice, base: frame.nameBase, in: document) else {
                throw failure(.duplicateName, offset, document, member: slice)
            }
            token = .none
            frame.count += 1
            offset = scanner.index + 1
            expected = .colon
            return .name(slice)
        case .ranOut:
            guard end < nameEnd else { throw failure(.nameTooLong, nameEnd - 1, document) }
            (token, stringScanner) = (.name, scanner)
            return try ranOut(document, isComplete)
        case .failed(let kind): throw failure(kind, scanner.index, document)
        }
    }

    @inline(__always)
    private mutating func number(
        _ begun: NumberScanner, _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        var scanner = begun
        switch scanner.scan(document, to: end, bytesMax: limits.numberBytesMax) {
        case .closed: break
        case .ranOut:
            guard scanner.isNumber, isComplete, end == document.byteCount else {
                (token, numberScanner) = (.number, scanner)
                return try ranOut(document, isComplete)
            }
        case .failed(let kind): throw failure(kind, scanner.index, document)
        }
        token = .none
        offset = scanner.index
        expected = depth == 0 ? .nothing : .commaOrEnd
        return .number(JSONSlice(start: scanner.start, end: scanner.index, hasEscapes: false))
    }

    /// `letters` are the bytes of the literal, the first in the lowest place. A cut-off literal is read again from its
    /// start: that is four bytes at most.
    @inline(__always)
    private mutating func literal(
        _ letters: UInt64, _ count: Int, _ event: JSONEvent, _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        for place in 1..<count {
            guard offset + place < end else { return try ranOut(document, isComplete) }
            guard document.byte(at: offset + place) == UInt8(truncatingIfNeeded: letters >> UInt64(place * 8)) else {
                throw failure(.unexpectedByte, offset + place, document)
            }
        }
        offset += count
        expected = depth == 0 ? .nothing : .commaOrEnd
        return event
    }

    private mutating func byteOrderMark(
        _ document: RawSpan, _ end: Int, _ isComplete: Bool
    ) throws(JSONError) -> JSONEvent {
        for (place, byte) in [(1, UInt8(0xBB)), (2, 0xBF)] {
            guard place < end else { return try ranOut(document, isComplete) }
            guard document.byte(at: place) == byte else { throw failure(.unexpectedByte, 0, document) }
        }
        throw failure(.byteOrderMark, 0, document)
    }

    // MARK: nesting

    private mutating func open(isObject: Bool, _ document: RawSpan) throws(JSONError) -> JSONEvent {
        guard depth < limits.depthMax else { throw failure(.tooDeep, offset, document) }
        outer.append(frame)
        frame = Frame(isObject: isObject, nameBase: names.count, count: 0)
        depth += 1
        offset += 1
        expected = isObject ? .nameOrEnd : .itemOrEnd
        return isObject ? .beginObject : .beginArray
    }

    private mutating func close() -> JSONEvent {
        let isObject = frame.isObject
        if isObject { names.remove(from: frame.nameBase) }
        frame = outer.removeLast()
        depth -= 1
        offset += 1
        expected = depth == 0 ? .nothing : .commaOrEnd
        return isObject ? .endObject : .endArray
    }

    // MARK: ends and faults

    /// All bytes that may be looked at have been.
    @inline(never)
    private func ranOut(_ document: RawSpan, _ isComplete: Bool) throws(JSONError) -> JSONEvent {
        guard document.byteCount <= limits.documentBytesMax else {
            throw failure(.documentTooLong, limits.documentBytesMax, document)
        }
        guard isComplete else { return .incomplete }
        if expected == .nothing { return .end }
        let isEmpty = depth == 0 && offset == document.byteCount
        throw failure(isEmpty ? .empty : .truncated, document.byteCount, document)
    }

    @inline(never)
    private func failure(
        _ kind: JSONError.Kind, _ offset: Int, _ document: RawSpan, member: JSONSlice? = nil
    ) -> JSONError {
        var pointer = redactedPointer(in: document)
        if let member { pointer.tokens.append(JSONError.token(showing: member.text(in: document))) }
        return JSONError(kind: kind, position: JSONPosition(offset: offset, in: document), pointer: pointer)
    }

    /// Chain steps taken to find duplicate names; the measure of work in tests.
    var nameSteps: Int { names.steps }
}

extension JSONReader {
    /// Where the value just read, or about to be read, lies in the document. After a name, its member's value.
    ///
    /// Holds the names of the document as they are: for the program, not for logs. Costs a walk over the open objects.
    package func pointer(in document: RawSpan) -> JSONPointer { pointer(in: document) { $0 } }

    /// The same with every name that might tell something replaced by `?`, as in ``JSONError``.
    package func redactedPointer(in document: RawSpan) -> JSONPointer {
        pointer(in: document, JSONError.token(showing:))
    }

    /// The line and column of ``offset``. Costs one pass over the bytes before it.
    package func position(in document: RawSpan) -> JSONPosition { JSONPosition(offset: offset, in: document) }

    private func pointer(in document: RawSpan, _ token: (String) -> String) -> JSONPointer {
        var tokens: [String] = []
        // The first of the outer frames stands for the document itself.
        for open in outer.dropFirst() + (depth > 0 ? [frame] : []) {
            let isInnermost = tokens.count == depth - 1
            if open.isObject {
                if isInnermost, expected == .name || expected == .nameOrEnd { break }
                tokens.append(token(names.slice(at: open.nameBase + open.count - 1).text(in: document)))
            } else {
                if isInnermost, expected == .itemOrEnd { break }
                tokens.append(String(isInnermost && expected == .item ? open.count : open.count - 1))
            }
        }
        return JSONPointer(tokens: tokens)
    }
}
