import ConcordatCrypto
package import ConcordatTerms

/// New ids: a letter and 24 characters of base 32, 120 random bits. They say nothing about what they name.
package enum Minting {
    package static func caseID() throws -> CaseID { CaseID(unchecked: try id("c")) }
    package static func personID() throws -> PersonID { PersonID(unchecked: try id("p")) }
    package static func deliveryID() throws -> DeliveryID { DeliveryID(unchecked: try id("d")) }
    package static func consentID() throws -> ConsentID { ConsentID(unchecked: try id("k")) }
    package static func messageID() throws -> MessageID { MessageID(unchecked: try id("m")) }

    /// Whether a text could be a case id of the gateway's. No party's own reference may look like one.
    package static func couldBeCase(_ text: String) -> Bool { couldBe("c", text) }
    /// Whether a text could be a person id of the gateway's. No party's own reference may look like one.
    package static func couldBePerson(_ text: String) -> Bool { couldBe("p", text) }

    private static func couldBe(_ letter: String, _ text: String) -> Bool {
        text.utf8.count == 26 && text.hasPrefix(letter + "-") && text.utf8.dropFirst(2).allSatisfy(alphabet.contains)
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    private static func id(_ letter: String) throws -> String {
        var text = letter + "-"
        text.reserveCapacity(26)
        for byte in try SecureRandom.bytes(24) { text.unicodeScalars.append(Unicode.Scalar(alphabet[Int(byte & 31)])) }
        return text
    }
}
