import Glibc
import Synchronization

/// Holds an exclusive lock on a file for as long as it lives, so that one process alone opens the store.
final class StoreLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``StoreError/inUse(path:)`` when another process holds it.
    init(path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: "the lock file cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            throw .inUse(path: path)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Lets another process have the store.
    func release() {
        guard let descriptor = descriptor.withLock({ $0.take() }) else { return }
        Glibc.close(descriptor)
    }
}
