import Foundation
import NIOCore

/// A network in CIDR form that the gateway may call.
struct AddressRange: Sendable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// Nil when `text` is not an address, a slash and a prefix length.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = Int(parts[1]),
            let address = try? SocketAddress(ipAddress: String(parts[0]), port: 0), let bytes = Self.bytes(of: address),
            (0...bytes.count * 8).contains(prefix)
        else { return nil }
        (self.bytes, self.prefix) = (bytes, prefix)
    }

    /// Whether `address` lies in this network. An IPv4 address never lies in an IPv6 network that is not one of mapped addresses.
    func contains(_ address: SocketAddress) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        if other.count == 16, prefix < Self.mappedPrefix.count * 8, other.starts(with: Self.mappedPrefix) {
            return false
        }
        return (0..<prefix).allSatisfy { bit in
            let mask = UInt8(0x80) >> (bit % 8)
            return bytes[bit / 8] & mask == other[bit / 8] & mask
        }
    }

    /// What an IPv4 address mapped into IPv6 begins with (RFC 4291, section 2.5.5.2).
    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// The bytes of an address, read from its text form: 4 of IPv4, 16 of IPv6.
    private static func bytes(of address: SocketAddress) -> [UInt8]? {
        guard let text = address.ipAddress else { return nil }
        guard text.contains(":") else {
            let parts = text.split(separator: ".").compactMap { UInt8($0) }
            return parts.count == 4 ? parts : nil
        }
        let bare = text.prefix { $0 != "%" }
        let halves = bare.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = bare.range(of: "::") else { return groups(halves) }
        guard let head = groups(bare[..<gap.lowerBound].split(separator: ":")),
            let tail = groups(bare[gap.upperBound...].split(separator: ":")), head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ parts: [Substring]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for part in parts {
            if part.contains(".") {
                let quad = part.split(separator: ".").compactMap { UInt8($0) }
                guard quad.count == 4 else { return nil }
                bytes += quad
            } else {
                guard let group = UInt16(part, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 255)]
            }
        }
        return bytes
    }
}
