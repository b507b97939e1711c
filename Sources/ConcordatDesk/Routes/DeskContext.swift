import ConcordatCore
import Hummingbird
import Logging
import NIOCore

/// What a request at the desk knows of its connection.
struct DeskContext: RequestContext {
    /// Where a context comes from: the connection and who is at its other end.
    struct Source: RequestContextSource {
        let channel: any Channel
        let logger: Logger
        /// Nil when the person is no officer here.
        let officer: Officer?
        let isPerson: Bool
    }

    var coreContext: CoreRequestContextStorage
    let officer: Officer?
    let isPerson: Bool

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        (officer, isPerson) = (source.officer, source.isPerson)
    }
}
