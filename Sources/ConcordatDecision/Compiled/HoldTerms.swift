/// What a message waits for before it goes to a recipient, how long at most, and what happens then.
package struct HoldTerms: Sendable, Hashable {
    /// Whose word ends the wait.
    package enum Until: String, Sendable, Hashable, CaseIterable {
        /// The consent that something in the message still lacks.
        case consent
        /// A data-protection officer of the deployment.
        case officer
    }

    /// What happens when the time is up and nobody has said a word.
    package enum Then: String, Sendable, Hashable, CaseIterable {
        /// What may be shared without it is shared.
        case share
        /// The recipient gets nothing.
        case withhold
    }

    package var until: Until
    /// From acceptance; more than zero, at most 366 days.
    package var atMost: Duration
    package var then: Then

    package init(until: Until, atMost: Duration, then: Then) {
        (self.until, self.atMost, self.then) = (until, atMost, then)
    }
}
