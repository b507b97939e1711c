import ConcordatCrypto
import ConcordatTerms
import Foundation

/// Reads the certificate files of a plane into a TLS context. Asked again at each reload.
struct TLSMaterial: Sendable {
    let deployment: String
    let plane: Configuration.Plane
    let grace: Duration

    /// - Throws: ``Complaint`` naming the file; also when an authority has no revocation list, since every peer would be
    ///   refused.
    func context() throws -> TLSContext {
        let material = TLSContext.Material(
            deployment: deployment, certificateChain: try read(plane.certificate), privateKey: try read(plane.key),
            authorities: try read(plane.trust), revocationLists: try read(plane.crl), revocationGrace: grace)
        do {
            let context = try TLSContext(material)
            guard context.authoritiesWithoutRevocationList.isEmpty else {
                throw Complaint("`\(plane.crl)` has no revocation list for one of the authorities in `\(plane.trust)`")
            }
            return context
        } catch let error as CryptoError {
            throw Complaint("the certificates of `\(plane.certificate)` cannot be used: \(error)")
        }
    }

    private func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Complaint("`\(path)` cannot be read") }
        return [UInt8](data)
    }
}
