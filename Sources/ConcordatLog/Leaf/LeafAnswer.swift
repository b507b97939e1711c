/// The gateway's answer to a message for one recipient, as leaves and receipts say it.
public enum LeafAnswer: String, CaseIterable, Sendable {
    /// The cut copy goes to the recipient.
    case share
    /// It waits for something that may still come.
    case hold
    /// The recipient gets nothing of this message.
    case withhold
    /// The message as a whole is refused.
    case refuse
}
