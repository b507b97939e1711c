import ConcordatCrypto
package import ConcordatTerms

/// New ids: a letter and 24 characters of base 32, 120 random bits. They say nothing about what they name.
package enum Minting {
    package static func caseID() throws -> CaseID { CaseID(unchecked: try id("c")) }
    package static func personID() throws -> PersonID { PersonID(unchecked: try id("p")) }
    package static func deliveryID() throws -> DeliveryID { DeliveryID(unchecked: try id("d")) }
    package static func consentID() throws -> ConsentID { ConsentID(unchecked: try id("k")) }
    package static func messageID() throws -> MessageID { MessageID(unchecked: try id("m")) }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    private static func id(_ letter: String) throws -> String {
        var text = letter + "-"
        text.reserveCapacity(26)
        for byte in try SecureRandom.bytes(24) { text.unicodeScalars.append(Unicode.Scalar(alphabet[Int(byte & 31)])) }
        return text
    }
}
