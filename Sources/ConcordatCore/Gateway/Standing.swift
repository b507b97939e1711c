package import ConcordatTerms

/// Who and what is stopped at the moment. Stopping takes one admin, resuming two.
package struct Standing: Sendable, Equatable {
    /// Moves by one with each change.
    package var epoch: Int
    package var suspended: Set<PartyID>
    package var stoppedMessages: Set<MessageName>

    package init(epoch: Int = 0, suspended: Set<PartyID> = [], stoppedMessages: Set<MessageName> = []) {
        (self.epoch, self.suspended, self.stoppedMessages) = (epoch, suspended, stoppedMessages)
    }
}
