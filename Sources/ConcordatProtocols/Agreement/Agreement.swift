package import ConcordatTerms

/// What the parties have agreed beside the rules: why they share, who decides, what holds for everybody.
///
/// It is part of the signed text and is read by people; nothing is judged by it. The sections are those of the data
/// sharing code of practice under the Data Protection Act 2018 s.121.
package struct Agreement: Sendable, Equatable {
    /// What it is called before people; empty when the text does not say.
    package var title = ""
    /// The sections in prose. A text in force live has every one of them.
    package var texts: [AgreementSection: String] = [:]
    /// What the people concerned and the public gain.
    package var benefits: [String] = []
    /// What happens to the data, from the first message to its erasure.
    package var stages: [AgreementStage] = []
    /// UK GDPR art. 35, DPA 2018 s.64.
    package var impactAssessment: AgreementDocument
    /// Appropriate policy documents (DPA 2018 s.42, Sch. 1 para. 39), procedures, notices.
    package var policyDocuments: [AgreementDocument] = []
    /// Nil only in a text for training.
    package var board: AgreementBoard?
    /// Nil: the last day cannot be moved.
    package var extensionTerms: AgreementExtension?

    /// An agreement that so far names its impact assessment only.
    package init(impactAssessment: AgreementDocument) { self.impactAssessment = impactAssessment }
}

/// A section in prose; the raw value is its key in `agreement`.
package enum AgreementSection: String, Sendable, CaseIterable {
    case summary, necessity, quality, rights, security, breach, complaints, retention, onward, review, records

    /// Its heading before people.
    package var heading: String {
        switch self {
        case .summary: "What this agreement is"
        case .necessity: "Why it is necessary"
        case .quality: "Accuracy and formats"
        case .rights: "Access and individual rights"
        case .security: "Security"
        case .breach: "Breach"
        case .complaints: "Complaints"
        case .retention: "Retention and deletion"
        case .onward: "Onward disclosure"
        case .review: "Review"
        case .records: "The record of agreements and decisions"
        }
    }
}

/// One step of what happens to the data.
package struct AgreementStage: Sendable, Equatable {
    package let title: String
    package let text: String
}

/// A document that is kept elsewhere, and by whom.
package struct AgreementDocument: Sendable, Equatable {
    /// Empty when the text gives none.
    package let title: String
    package let reference: String
    package let date: CivilDate?
    /// A party of the roster or a kind of party; empty when the text does not say.
    package let heldBy: String
}

/// Who decides for all: which kinds sit on the board, and how many of them it takes.
package struct AgreementBoard: Sendable, Equatable {
    package let members: [PartyKind]
    /// 1 to the number of different members.
    package let quorum: Int
    /// What it decides, in prose.
    package let decides: String
}

/// How the last day may be moved, once.
package struct AgreementExtension: Sendable, Equatable {
    /// 1 to 90.
    package let days: Int
    /// How many kinds on the board must agree; ``ExtensionStanding`` says when one does.
    package let quorum: Int
}
