/// Where the scan of a number has come to; kept between calls, so that no byte is looked at a second time.
struct NumberScanner: Sendable {
    /// What has been read last (RFC 8259 section 6).
    enum Part: UInt8, Sendable {
        case nothing, minus, zero, integer, point, fraction, exponentLetter, exponentSign, exponent
    }

    /// How one stretch of scanning ended.
    enum Stop: Equatable {
        /// At a byte that is no part of a number, after a complete one.
        case closed
        case ranOut
        case failed(JSONError.Kind)
    }

    let start: Int
    /// The next byte to look at; after `.failed` the first byte that shows the fault.
    var index: Int
    private var part = Part.nothing

    init(start: Int) { (self.start, index) = (start, start) }

    /// Whether the bytes so far are a number, should no more come.
    var isNumber: Bool {
        switch part {
        case .zero, .integer, .fraction, .exponent: true
        case .nothing, .minus, .point, .exponentLetter, .exponentSign: false
        }
    }

    /// Scans on from ``index``, touching no byte at or after `end`.
    @inline(__always)
    mutating func scan(_ document: RawSpan, to end: Int, bytesMax: Int) -> Stop {
        while index < end {
            let byte = document.byte(at: index)
            let following: Part
            if ByteClass.isDigit(byte) {
                guard let next = afterDigit(byte) else { return .failed(.badNumber) }
                following = next
            } else if let next = afterOther(byte) {
                following = next
            } else {
                return isNumber ? .closed : .failed(.badNumber)
            }
            guard index - start < bytesMax else { return .failed(.numberTooLong) }
            part = following
            index += 1
        }
        return .ranOut
    }

    @inline(__always)
    private func afterDigit(_ byte: UInt8) -> Part? {
        switch part {
        case .integer, .fraction, .exponent: part
        case .nothing, .minus: byte == UInt8(ascii: "0") ? .zero : .integer
        case .point: .fraction
        case .exponentLetter, .exponentSign: .exponent
        case .zero: nil
        }
    }

    @inline(__always)
    private func afterOther(_ byte: UInt8) -> Part? {
        switch (byte, part) {
        case (UInt8(ascii: "-"), .nothing): .minus
        case (UInt8(ascii: "."), .zero), (UInt8(ascii: "."), .integer): .point
        case (UInt8(ascii: "e"), .zero), (UInt8(ascii: "e"), .integer), (UInt8(ascii: "e"), .fraction),
            (UInt8(ascii: "E"), .zero), (UInt8(ascii: "E"), .integer), (UInt8(ascii: "E"), .fraction):
            .exponentLetter
        case (UInt8(ascii: "+"), .exponentLetter), (UInt8(ascii: "-"), .exponentLetter): .exponentSign
        default: nil
        }
    }
}
