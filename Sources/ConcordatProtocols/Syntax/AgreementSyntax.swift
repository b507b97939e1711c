/// The `agreement` block as it is written.
struct AgreementSyntax: Sendable {
    var span: SourceSpan
    var title: Name?
    var texts: [AgreementSection: Name] = [:]
    var benefits: [Name] = []
    var stages: [(title: Name, text: Name)] = []
    var impactAssessment: DocumentSyntax?
    var policyDocuments: [DocumentSyntax] = []
    var board: BoardSyntax?
    var extensionTerms: ExtensionSyntax?
}

struct DocumentSyntax: Sendable {
    var span: SourceSpan
    var title: Name?
    var reference: Name?
    var date: Name?
    var heldBy: Name?
}

struct BoardSyntax: Sendable {
    var members: [Name]
    var quorum: Name?
    var decides: Name?
}

struct ExtensionSyntax: Sendable {
    var days: Name?
    var quorum: Name?
}

/// One kind of party in a purpose's `basis`.
struct PurposePartySyntax: Sendable {
    var kind: Name
    var basis: Name
    var controller: Name?
    var onBehalfOf: Name?
    var competent: Bool?
    var sending: Name?
    var receiving: Name?
    var conditions: [Name] = []
    var gateway: [Name] = []
}

/// A party's file as it is written.
struct PartySyntax: Sendable {
    var name: Name
    var kind: Name
    var title: Name?
    var specialities: [Name]
    var host: Name?
    var legalName: Name?
    var controller: Name?
    var onBehalfOf: Name?
    var competent: Bool?
    var signatory: OfficeSyntax?
    var officer: OfficeSyntax?
    var lead: OfficeSyntax?
    var responsibilities: [Name]
    var offers: [Name]
    var contacts: [(function: Name, address: Name)]
}

struct OfficeSyntax: Sendable {
    var office: Name?
    var email: Name?
    var person: Name?
}
